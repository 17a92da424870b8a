//! A crossed study made of readings.

use std::collections::{BTreeMap, BTreeSet};

/// One reading of a study; readings come in the order in which they were taken.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Reading {
    pub(crate) part: String,
    pub(crate) appraiser: String,
    pub(crate) value: f64,
}

/// Every appraiser measured every part equally often.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Study {
    pub(crate) parts: Vec<String>,
    pub(crate) appraisers: Vec<String>,
    pub(crate) trials: usize,
    /// Readings that were left out, since not every cell has as many.
    pub(crate) surplus: usize,
    /// `values[part][appraiser][trial]`.
    pub(crate) values: Vec<Vec<Vec<f64>>>,
}

/// Why readings make no study.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum StudyError {
    #[error("there is no reading")]
    Empty,
    #[error("a study needs 2 parts at least; there is only `{0}`")]
    OnePart(String),
    #[error("a study needs 2 appraisers at least; there is only `{0}`")]
    OneAppraiser(String),
    #[error(
        "a study needs 2 readings at least of each part by each appraiser; `{appraiser}` measured \
         `{part}` {}", times(*.found)
    )]
    TooFew {
        part: String,
        appraiser: String,
        found: usize,
    },
}

impl Study {
    /// Arranges readings. Cells with more readings than the smallest one give their first ones.
    pub(crate) fn of(readings: &[Reading]) -> Result<Self, StudyError> {
        let names = |name: fn(&Reading) -> &String| -> Vec<String> {
            let names: BTreeSet<&String> = readings.iter().map(name).collect();
            names.into_iter().cloned().collect()
        };
        let parts = names(|reading| &reading.part);
        let appraisers = names(|reading| &reading.appraiser);
        match (parts.as_slice(), appraisers.as_slice()) {
            ([], _) | (_, []) => return Err(StudyError::Empty),
            ([one], _) => return Err(StudyError::OnePart(one.clone())),
            (_, [one]) => return Err(StudyError::OneAppraiser(one.clone())),
            _ => {}
        }
        let mut cells: BTreeMap<(&str, &str), Vec<f64>> = BTreeMap::new();
        for reading in readings {
            let cell = (reading.part.as_str(), reading.appraiser.as_str());
            cells.entry(cell).or_default().push(reading.value);
        }
        let mut trials = usize::MAX;
        for part in &parts {
            for appraiser in &appraisers {
                let found = cells
                    .get(&(part.as_str(), appraiser.as_str()))
                    .map_or(0, Vec::len);
                if found < 2 {
                    return Err(StudyError::TooFew {
                        part: part.clone(),
                        appraiser: appraiser.clone(),
                        found,
                    });
                }
                trials = trials.min(found);
            }
        }
        let cell = |part: &String, appraiser: &String| -> Vec<f64> {
            let values = &cells[&(part.as_str(), appraiser.as_str())];
            values[..trials].to_vec()
        };
        let row = |part| {
            appraisers
                .iter()
                .map(|appraiser| cell(part, appraiser))
                .collect()
        };
        let values = parts.iter().map(row).collect();
        Ok(Self {
            surplus: readings.len() - trials * parts.len() * appraisers.len(),
            trials,
            values,
            parts,
            appraisers,
        })
    }

    /// All values of a part.
    pub(super) fn of_part(&self, part: usize) -> Vec<f64> {
        self.values[part].concat()
    }

    /// All values of an appraiser.
    pub(super) fn of_appraiser(&self, appraiser: usize) -> Vec<f64> {
        let values = self.values.iter().flat_map(|part| &part[appraiser]);
        values.copied().collect()
    }

    /// The values of each part by each appraiser.
    pub(super) fn cells(&self) -> impl Iterator<Item = &Vec<f64>> {
        self.values.iter().flatten()
    }
}

fn times(count: usize) -> &'static str {
    if count == 0 { "never" } else { "once" }
}
