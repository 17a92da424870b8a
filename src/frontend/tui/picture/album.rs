//! The pictures that were asked for, read beside the screen.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read as _;
use std::panic::catch_unwind;
use std::thread;

use crossbeam_channel::{Receiver, Sender, bounded};
use sha2::{Digest as _, Sha256};

use super::decode::decode;
use super::kitty::Sent;
use super::pixels::Pixels;
use crate::event::hex;
use crate::prompt::Picture;

/// More pixels on a side no terminal shows.
const SIDE: u32 = 640;

/// Pictures that wait to be read at most.
const WAITING: usize = 4;

/// Pictures that are kept; a test rarely has as many.
const KEPT: usize = 16;

/// Pictures by their file.
#[derive(Debug, Default)]
pub(in super::super) struct Album {
    pages: HashMap<Picture, Page>,
    /// What the terminal itself keeps, if it does.
    sent: Sent,
    reader: Option<Reader>,
}

/// What is known of a picture.
#[derive(Debug)]
pub(in super::super) enum State<'a> {
    Loading,
    /// Its size in pixels.
    Here(u32, u32),
    /// Why it is not shown.
    Broken(&'a str),
}

#[derive(Debug)]
struct Page {
    read: Option<Result<Pixels, String>>,
    /// The size that was drawn last.
    drawn: Option<Pixels>,
}

#[derive(Debug)]
struct Reader {
    wanted: Sender<Picture>,
    read: Receiver<(Picture, Result<Pixels, String>)>,
}

impl Album {
    /// Asks for a picture, once; a later question about it is answered at once.
    pub(in super::super) fn want(&mut self, picture: &Picture) {
        if self.pages.contains_key(picture) {
            return;
        }
        if self.pages.len() >= KEPT {
            self.pages.clear();
        }
        let reader = self.reader.get_or_insert_with(Reader::start);
        if reader.wanted.try_send(picture.clone()).is_ok() {
            let page = Page {
                read: None,
                drawn: None,
            };
            self.pages.insert(picture.clone(), page);
        }
    }

    /// Takes in what was read; whether there was anything.
    pub(in super::super) fn collect(&mut self) -> bool {
        let mut has_news = false;
        for (picture, read) in self.reader.iter().flat_map(|reader| reader.read.try_iter()) {
            if let Some(page) = self.pages.get_mut(&picture) {
                page.read = Some(read);
                has_news = true;
            }
        }
        has_news
    }

    pub(in super::super) fn state(&self, picture: &Picture) -> State<'_> {
        match self.pages.get(picture).and_then(|page| page.read.as_ref()) {
            None => State::Loading,
            Some(Ok(pixels)) => State::Here(pixels.width, pixels.height),
            Some(Err(why)) => State::Broken(why),
        }
    }

    /// The picture as it was read, and what the terminal has of it.
    pub(super) fn with_sent(&mut self, picture: &Picture) -> Option<(&Pixels, &mut Sent)> {
        let read = self.pages.get(picture)?.read.as_ref()?;
        Some((read.as_ref().ok()?, &mut self.sent))
    }

    /// What the terminal has to be sent beside the frame that was drawn.
    pub(in super::super) fn take_unsent(&mut self) -> Vec<u8> {
        self.sent.take_unsent()
    }

    /// The terminal was in other hands: it may have forgotten what it was sent.
    pub(in super::super) fn send_again(&mut self) {
        self.sent.forget();
    }

    /// The picture in a size of the screen.
    pub(super) fn scaled(&mut self, picture: &Picture, width: u32, height: u32) -> Option<&Pixels> {
        let page = self.pages.get_mut(picture)?;
        let is_drawn = page
            .drawn
            .as_ref()
            .is_some_and(|drawn| (drawn.width, drawn.height) == (width, height));
        if !is_drawn {
            let whole = page.read.as_ref()?.as_ref().ok()?;
            page.drawn = Some(whole.scaled(width, height));
        }
        page.drawn.as_ref()
    }
}

impl Reader {
    /// Reads on a thread of its own; it ends with the album.
    fn start() -> Self {
        let (wanted, asked) = bounded::<Picture>(WAITING);
        let (tell, read) = bounded(WAITING);
        let work = move || {
            for picture in asked {
                let pixels = catch_unwind(|| load(&picture))
                    .unwrap_or_else(|_| Err("it cannot be read, by a bug in maestro".to_owned()));
                if tell.send((picture, pixels)).is_err() {
                    break;
                }
            }
        };
        // Without a thread no picture arrives; the question needs none.
        let _ = thread::Builder::new()
            .name("pictures".to_owned())
            .spawn(work);
        Self { wanted, read }
    }
}

/// Reads the file that was shown when the question was asked.
fn load(picture: &Picture) -> Result<Pixels, String> {
    let told = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        _ => error.to_string(),
    };
    let about = std::fs::metadata(&picture.path).map_err(told)?;
    if !about.is_file() {
        return Err("it is no file".to_owned());
    }
    let mut bytes = Vec::new();
    let file = File::open(&picture.path).map_err(told)?;
    file.take(Picture::BYTES_AT_MOST + 1)
        .read_to_end(&mut bytes)
        .map_err(told)?;
    if bytes.len() as u64 > Picture::BYTES_AT_MOST {
        let most = Picture::BYTES_AT_MOST >> 20;
        return Err(format!("the file is larger than {most} MiB"));
    }
    if picture
        .digest
        .as_ref()
        .is_some_and(|digest| *digest != hex(&Sha256::digest(&bytes)))
    {
        return Err("the file has changed since the question was asked".to_owned());
    }
    Ok(decode(&bytes)?.bounded(SIDE))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn awaited(picture: &Picture) -> Album {
        let mut album = Album::default();
        album.want(picture);
        assert!(matches!(album.state(picture), State::Loading));
        while !album.collect() {
            thread::yield_now();
        }
        album
    }

    fn of(path: &str) -> Picture {
        Picture {
            path: path.to_owned(),
            digest: None,
        }
    }

    #[test]
    fn picture_arrives_and_is_brought_to_a_size() {
        let picture = of(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/fixtures/packages/demo-board/images/board-top.png"
        ));
        let mut album = awaited(&picture);
        assert!(matches!(album.state(&picture), State::Here(480, 300)));
        let pixels = album.scaled(&picture, 40, 25).unwrap();
        assert_eq!((pixels.width, pixels.data.len()), (40, 1000));
    }

    #[test]
    fn what_cannot_be_shown_says_why() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
        std::fs::write(path("text.png"), "no picture").unwrap();
        let changed = Picture {
            path: path("text.png"),
            digest: Some("00".to_owned()),
        };
        for (picture, reason) in [
            (of(&path("none.png")), "no such file"),
            (of(&path("")), "no file"),
            (of(&path("text.png")), "neither PNG nor JPEG"),
            (changed, "has changed"),
        ] {
            let album = awaited(&picture);
            let State::Broken(why) = album.state(&picture) else {
                panic!("{picture:?} is shown");
            };
            assert!(why.contains(reason), "{why}");
        }
    }
}
