//! Where templates of reports lie: in the folder `reports` of a package, and beside the station file.

use std::path::{Path, PathBuf};

use crate::cli::exit::Failure;
use crate::cli::settings::Settings;
use crate::cli::station;
use crate::plan::Plan;
use crate::record::RunRecord;
use crate::report::{Form, TEMPLATE_ENDING};
use crate::station::Station;

/// The name of the folder.
const FOLDER: &str = "reports";

/// Folders that are looked into, in this order.
pub(in crate::cli) struct Places(Vec<PathBuf>);

impl Places {
    /// Those of the package that is about to run.
    pub(in crate::cli) fn of_plan(plan: &Plan, settings: &Settings) -> Self {
        Self(Vec::from([plan.root.clone()])).and_of_station(settings)
    }

    /// Those of the package that ran: here, below here, or on the station's package path.
    pub(super) fn of_record(record: &RunRecord, settings: &Settings, station: &Station) -> Self {
        let mut folders = vec![settings.cwd.clone()];
        if let Some(package) = record.started.packages.first() {
            folders.push(settings.cwd.join(&package.name));
            let installed = station.package_path.iter();
            folders.extend(installed.map(|path| settings.resolve(path).join(&package.name)));
        }
        Self(folders).and_of_station(settings)
    }

    fn and_of_station(mut self, settings: &Settings) -> Self {
        let file = station::file(settings);
        self.0
            .extend(file.as_deref().and_then(Path::parent).map(Path::to_owned));
        Self(self.0.iter().map(|folder| folder.join(FOLDER)).collect())
    }

    /// The file of a template: as it was named, or by its name in the folders.
    pub(super) fn find(&self, name: &str, settings: &Settings) -> Result<PathBuf, Failure> {
        if name.ends_with(TEMPLATE_ENDING) || name.contains('/') {
            return Ok(settings.resolve(Path::new(name)));
        }
        for folder in &self.0 {
            let mut found = templates(folder);
            found.retain(|file| name_of(file) == Some(name));
            match found.as_slice() {
                [] => {}
                [file] => return Ok(file.clone()),
                [one, other, ..] => {
                    let message = format!(
                        "the template `{name}` is both {} and {}",
                        one.display(),
                        other.display()
                    );
                    return Err(Failure::usage(message).help("name the file that is meant"));
                }
            }
        }
        Err(self.missing(name))
    }

    fn missing(&self, name: &str) -> Failure {
        let forms = Form::ALL.map(Form::as_str).join(", ");
        let here = self.0.iter().flat_map(|folder| templates(folder));
        let mut names: Vec<_> = here
            .filter_map(|file| name_of(&file).map(str::to_owned))
            .collect();
        names.dedup();
        let templates = if names.is_empty() {
            let folders = self.0.iter().map(|folder| folder.display().to_string());
            format!(
                "no template lies in {}",
                folders.collect::<Vec<_>>().join(", ")
            )
        } else {
            format!("the templates here are {}", names.join(", "))
        };
        Failure::usage(format!(
            "`{name}` is neither a form of report nor a template"
        ))
        .help(format!("forms are {forms} and pdf; {templates}"))
    }
}

/// The templates of a folder, by name.
fn templates(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<_> = entries.map(|entry| entry.path()).collect();
    files.retain(|file| file.to_string_lossy().ends_with(TEMPLATE_ENDING));
    files.sort();
    files
}

/// What stands before the first dot.
fn name_of(file: &Path) -> Option<&str> {
    file.file_name()?.to_str()?.split('.').next()
}
