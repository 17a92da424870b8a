//! The source of the .NET runner, as the executable carries it.

use std::fs;
use std::io;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::event::hex;

macro_rules! files {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../../runners/dotnet/", $path)))),*]
    };
}

/// The project file, for `dotnet build`.
pub(super) const PROJECT: &str = "maestro-runner.csproj";

/// Path below the folder, and content.
const FILES: &[(&str, &str)] = files![
    "maestro-runner.csproj",
    "src/Artifacts.cs",
    "src/Awaiting.cs",
    "src/Cache.cs",
    "src/Call.cs",
    "src/Conformance.cs",
    "src/Conversion.cs",
    "src/Description.cs",
    "src/Failure.cs",
    "src/JsonMap.cs",
    "src/JsonReader.cs",
    "src/JsonWriter.cs",
    "src/Native.cs",
    "src/Numbers.cs",
    "src/Overload.cs",
    "src/Packages.cs",
    "src/Program.cs",
    "src/Prompts.cs",
    "src/Requests.cs",
    "src/Results.cs",
    "src/Scalars.cs",
    "src/Server.cs",
    "src/Shape.cs",
    "src/Step.cs",
    "src/Streams.cs",
    "src/Structures.cs",
    "src/Targets.cs",
    "src/Thunk.cs",
    "src/TypeNames.cs",
    "src/Wire.cs",
    "src/Words.cs",
];

/// Writes all files below a folder.
pub(super) fn write(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder.join("src"))?;
    FILES
        .iter()
        .try_for_each(|(path, content)| fs::write(folder.join(path), content))
}

/// Paths of the C# files.
pub(super) fn code() -> impl Iterator<Item = &'static str> {
    FILES
        .iter()
        .map(|(path, _)| *path)
        .filter(|path| path.starts_with("src/"))
}

/// A short name for this version of the source.
pub(super) fn digest() -> String {
    let mut hash = Sha256::new();
    for (path, content) in FILES {
        hash.update(path);
        hash.update([0]);
        hash.update(content);
        hash.update([0]);
    }
    hex(&hash.finalize()[..6])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_file_of_the_runner_is_embedded() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("runners/dotnet");
        let entries = fs::read_dir(root.join("src")).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut found: BTreeSet<String> = names.map(|name| format!("src/{name}")).collect();
        found.insert(PROJECT.to_owned());
        let embedded: BTreeSet<_> = FILES.iter().map(|(path, _)| (*path).to_owned()).collect();
        assert_eq!(embedded, found);
    }
}
