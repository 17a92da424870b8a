//! What Git knows of a package: the commit at once, changes of the work tree beside the run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The folder of the work tree that holds `folder`.
pub(super) fn work_tree(folder: &Path) -> Option<PathBuf> {
    folder
        .ancestors()
        .find(|folder| folder.join(".git").exists())
        .map(Path::to_path_buf)
}

/// The commit that the work tree stands on, read from its files: no process is started for it.
pub(super) fn commit(work_tree: &Path) -> Option<String> {
    let git = git_folder(work_tree)?;
    let head = fs::read_to_string(git.join("HEAD")).ok()?;
    let head = head.trim();
    let Some(name) = head.strip_prefix("ref: ") else {
        return is_hash(head).then(|| head.to_owned());
    };
    let common = common_folder(&git);
    [&git, &common]
        .into_iter()
        .find_map(|folder| fs::read_to_string(folder.join(name)).ok())
        .map(|text| text.trim().to_owned())
        .or_else(|| packed(&common, name))
        .filter(|hash| is_hash(hash))
}

/// Whether a folder of a work tree has changes; slow for a large tree. `None` without Git.
pub(super) fn is_dirty(folder: &Path) -> Option<bool> {
    let output = Command::new("git")
        .args([
            "--no-optional-locks",
            "status",
            "--porcelain",
            "--untracked-files=normal",
            "--",
            ".",
        ])
        .current_dir(folder)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    output.status.success().then_some(!output.stdout.is_empty())
}

/// `.git`, which is a file in a linked work tree.
fn git_folder(work_tree: &Path) -> Option<PathBuf> {
    let git = work_tree.join(".git");
    if git.is_dir() {
        return Some(git);
    }
    let text = fs::read_to_string(&git).ok()?;
    Some(work_tree.join(text.strip_prefix("gitdir: ")?.trim()))
}

fn common_folder(git: &Path) -> PathBuf {
    fs::read_to_string(git.join("commondir"))
        .map_or_else(|_| git.to_path_buf(), |text| git.join(text.trim()))
}

fn packed(git: &Path, name: &str) -> Option<String> {
    let text = fs::read_to_string(git.join("packed-refs")).ok()?;
    text.lines()
        .filter_map(|line| line.split_once(' '))
        .find(|(_, packed)| *packed == name)
        .map(|(hash, _)| hash.to_owned())
}

fn is_hash(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn git(folder: &Path, args: &[&str]) -> String {
        let output = Command::new("git")
            .args([
                "-c",
                "user.name=t",
                "-c",
                "user.email=t@t",
                "-c",
                "init.defaultBranch=main",
            ])
            .args(args)
            .current_dir(folder)
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    #[test]
    fn commit_is_the_one_that_git_names_loose_or_packed() {
        let folder = tempfile::tempdir().unwrap();
        let tree = folder.path();
        git(tree, &["init", "-q"]);
        assert_eq!(commit(tree), None);
        git(tree, &["commit", "-q", "--allow-empty", "-m", "x"]);
        let head = git(tree, &["rev-parse", "HEAD"]);
        assert_eq!(commit(tree), Some(head.clone()));
        git(tree, &["pack-refs", "--all"]);
        assert_eq!(commit(tree), Some(head.clone()));
        git(tree, &["checkout", "-q", "--detach"]);
        assert_eq!(commit(tree), Some(head));
    }

    #[test]
    fn untracked_file_makes_a_tree_dirty() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(is_dirty(folder.path()), None);
        git(folder.path(), &["init", "-q"]);
        assert_eq!(is_dirty(folder.path()), Some(false));
        fs::write(folder.path().join("new"), "x").unwrap();
        assert_eq!(is_dirty(folder.path()), Some(true));
    }
}
