//! One compressed CSV file: written with its digests, and read back.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::Path;

use flate2::Compression;
use flate2::bufread::GzDecoder;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};

use crate::store::upkeep::{Column, Database, UpkeepError, csv};

/// What was written or read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) rows: u64,
    /// Bytes of the file.
    pub(super) bytes: u64,
    /// Digest of the file.
    pub(super) sha256: String,
    /// Digest of the text in it.
    pub(super) csv_sha256: String,
}

/// Writes the rows of a query into a file that is on the disk afterwards.
pub(super) fn write(
    path: &Path,
    database: &mut dyn Database,
    columns: &[Column],
    from: &str,
) -> Result<Facts, UpkeepError> {
    let failed = |error: &io::Error| cannot("write", path, error);
    let file = File::create_new(path).map_err(|error| failed(&error))?;
    let compressed = GzEncoder::new(Tee::new(file), Compression::default());
    let mut text = BufWriter::new(Tee::new(compressed));
    let rows = write_text(database, columns, from, &mut text).map_err(|error| match error {
        UpkeepError::File(reason) => UpkeepError::File(format!("{}: {reason}", path.display())),
        other => other,
    })?;
    let text = text.into_inner().map_err(|error| failed(error.error()))?;
    let csv_sha256 = text.digest();
    let compressed = text.inner.finish().map_err(|error| failed(&error))?;
    compressed
        .inner
        .sync_all()
        .map_err(|error| failed(&error))?;
    Ok(Facts {
        rows,
        bytes: compressed.bytes,
        sha256: compressed.digest(),
        csv_sha256,
    })
}

/// Reads a file back: its digests, and how many rows of `columns` columns it holds.
pub(super) fn read_back(path: &Path, columns: usize) -> Result<Facts, UpkeepError> {
    let read = || -> io::Result<Facts> {
        let file = Tee::new(File::open(path)?);
        let mut text = Tee::new(GzDecoder::new(BufReader::new(file)));
        let mut reader = ::csv::Reader::from_reader(&mut text);
        let mut rows = 0;
        let mut record = ::csv::ByteRecord::new();
        if reader.headers()?.len() != columns {
            return Err(io::Error::other("its heading is not that of the table"));
        }
        while reader.read_byte_record(&mut record)? {
            rows += 1;
        }
        drop(reader);
        let csv_sha256 = text.digest();
        let mut file = text.inner.into_inner().into_inner();
        // A digest is one of the whole file.
        io::copy(&mut file, &mut io::sink())?;
        Ok(Facts {
            rows,
            bytes: file.bytes,
            sha256: file.digest(),
            csv_sha256,
        })
    };
    read().map_err(|error| cannot("read back", path, &error))
}

/// The digest of the same rows as the database gives them now.
pub(super) fn digest_now(
    database: &mut dyn Database,
    columns: &[Column],
    from: &str,
) -> Result<String, UpkeepError> {
    let mut text = Tee::new(io::sink());
    write_text(database, columns, from, &mut text)?;
    Ok(text.digest())
}

fn write_text(
    database: &mut dyn Database,
    columns: &[Column],
    from: &str,
    out: &mut dyn Write,
) -> Result<u64, UpkeepError> {
    let heading = |out: &mut dyn Write| {
        for (i, column) in columns.iter().enumerate() {
            csv::write_value(out, i == 0, Some(&column.name))?;
        }
        csv::end_row(out)
    };
    heading(out).map_err(|error| UpkeepError::File(error.to_string()))?;
    database.copy(columns, from, out)
}

pub(super) fn cannot(action: &str, path: &Path, error: &io::Error) -> UpkeepError {
    UpkeepError::File(format!("cannot {action} {}: {error}", path.display()))
}

/// Passes bytes on and takes their digest.
struct Tee<T> {
    inner: T,
    digest: Sha256,
    bytes: u64,
}

impl<T> Tee<T> {
    fn new(inner: T) -> Self {
        Self {
            inner,
            digest: Sha256::new(),
            bytes: 0,
        }
    }

    fn digest(&self) -> String {
        use std::fmt::Write as _;
        let digest = self.digest.clone().finalize();
        digest.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    fn pass(&mut self, bytes: &[u8]) {
        self.digest.update(bytes);
        self.bytes += bytes.len() as u64;
    }
}

impl<W: Write> Write for Tee<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.pass(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<R: Read> Read for Tee<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.pass(&buffer[..read]);
        Ok(read)
    }
}
