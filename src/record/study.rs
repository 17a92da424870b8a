//! A gauge study in progress: who has measured which part how often, and what comes next.
//!
//! A crossed study (AIAG MSA, 4th edition, chapter III-B): every appraiser measures every part the
//! same number of times. Nobody measures a part again before having measured all the others, so
//! that no reading is remembered; within a trial any order will do. The study holds no clock and
//! asks no store: runs are told to it.

use std::fmt;
use std::str::FromStr;

/// The tag of a run that names its study.
pub(crate) const STUDY_TAG: &str = "grr_study";
/// The tag of a run that tells the size of its study.
pub(crate) const SIZE_TAG: &str = "grr_size";
/// The tag of a run that tells its trial, 1 for the first.
pub(crate) const TRIAL_TAG: &str = "grr_trial";

/// Units that are named of those that are left: a line of the screen has no room for more.
const NAMED: usize = 4;

/// More of anything is a typing mistake.
const MOST: u32 = 100;

/// How many appraisers measure how many parts how often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StudySize {
    pub(crate) operators: u32,
    pub(crate) parts: u32,
    pub(crate) trials: u32,
}

impl StudySize {
    /// Runs of a whole study.
    pub(crate) const fn runs(self) -> u32 {
        self.operators * self.parts * self.trials
    }
}

impl FromStr for StudySize {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let form = || "write it as OPERATORSxUNITSxTRIALS, such as 3x10x3".to_owned();
        let numbers: Vec<u32> = text
            .split(['x', 'X', '×'])
            .map(|number| number.trim().parse().map_err(|_| form()))
            .collect::<Result<_, _>>()?;
        let [operators, parts, trials] = numbers[..] else {
            return Err(form());
        };
        if [operators, parts, trials]
            .iter()
            .any(|number| !(2..=MOST).contains(number))
        {
            return Err(format!(
                "a gauge study takes 2 to {MOST} operators, units and trials"
            ));
        }
        Ok(Self {
            operators,
            parts,
            trials,
        })
    }
}

impl fmt::Display for StudySize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}x{}", self.operators, self.parts, self.trials)
    }
}

/// What has been measured so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Study {
    size: StudySize,
    operators: Vec<String>,
    parts: Vec<String>,
    /// Trials by operator, then by part; shorter lists stand for zeros.
    done: Vec<Vec<u32>>,
}

/// Where one operator stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Standing {
    /// 1 for the first; `None` once everything is measured.
    pub(crate) trial: Option<u32>,
    /// Parts that this trial still lacks and that have been seen before.
    pub(crate) left: Vec<String>,
    /// Parts that nobody has measured yet.
    pub(crate) unseen: u32,
}

/// Why a measurement is not part of the study; says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refused {
    #[error("the study has its {0} operators: {1}")]
    TooManyOperators(u32, String),
    #[error("the study has its {0} units, and this is none of them: {1}")]
    TooManyParts(u32, String),
    #[error("{operator} has measured {part} in trial {trial}; still to measure: {left}")]
    AlreadyInThisTrial {
        operator: String,
        part: String,
        trial: u32,
        left: String,
    },
    #[error("{0} has measured everything; another operator goes on")]
    OperatorIsThrough(String),
}

impl Study {
    /// A study of which nothing has been measured.
    pub(crate) const fn new(size: StudySize) -> Self {
        Self {
            size,
            operators: Vec::new(),
            parts: Vec::new(),
            done: Vec::new(),
        }
    }

    /// Notes a measurement that counts.
    pub(crate) fn measured(&mut self, operator: &str, part: &str) {
        let operator = index_of(&mut self.operators, operator);
        let part = index_of(&mut self.parts, part);
        if self.done.len() <= operator {
            self.done.resize_with(operator + 1, Vec::new);
        }
        let trials = &mut self.done[operator];
        if trials.len() <= part {
            trials.resize(part + 1, 0);
        }
        trials[part] += 1;
    }

    /// The trial that a measurement would belong to, 1 for the first.
    pub(crate) fn admit(&self, operator: &str, part: &str) -> Result<u32, Refused> {
        let StudySize {
            operators, parts, ..
        } = self.size;
        if !self.operators.iter().any(|known| known == operator)
            && self.operators.len() as u32 >= operators
        {
            return Err(Refused::TooManyOperators(
                operators,
                self.operators.join(", "),
            ));
        }
        if !self.parts.iter().any(|known| known == part) && self.parts.len() as u32 >= parts {
            return Err(Refused::TooManyParts(parts, self.parts.join(", ")));
        }
        let standing = self.standing(operator);
        let Some(trial) = standing.trial else {
            return Err(Refused::OperatorIsThrough(operator.to_owned()));
        };
        if self.trials(operator, part) >= trial {
            return Err(Refused::AlreadyInThisTrial {
                operator: operator.to_owned(),
                part: part.to_owned(),
                trial,
                left: standing.to_string(),
            });
        }
        Ok(trial)
    }

    /// Where an operator stands, also one who has not begun.
    pub(crate) fn standing(&self, operator: &str) -> Standing {
        let unseen = self.size.parts.saturating_sub(self.parts.len() as u32);
        let counts = self.parts.iter().map(|part| self.trials(operator, part));
        // What nobody has seen has been measured by nobody.
        let through = counts.min().filter(|_| unseen == 0).unwrap_or_default();
        if through >= self.size.trials {
            return Standing {
                trial: None,
                left: Vec::new(),
                unseen: 0,
            };
        }
        let is_left = |part: &&String| self.trials(operator, part) <= through;
        Standing {
            trial: Some(through + 1),
            left: self.parts.iter().filter(is_left).cloned().collect(),
            unseen,
        }
    }

    /// Measurements that count so far; more than the study takes are not counted.
    pub(crate) fn runs(&self) -> u32 {
        let most = self.size.trials;
        let all = self.done.iter().flatten();
        all.map(|trials| (*trials).min(most)).sum()
    }

    /// Whether everybody has measured everything as often as planned.
    pub(crate) fn is_complete(&self) -> bool {
        self.runs() >= self.size.runs()
    }

    pub(crate) const fn size(&self) -> StudySize {
        self.size
    }

    fn trials(&self, operator: &str, part: &str) -> u32 {
        let place = |names: &[String], name: &str| names.iter().position(|known| known == name);
        place(&self.operators, operator)
            .zip(place(&self.parts, part))
            .and_then(|(operator, part)| self.done.get(operator)?.get(part).copied())
            .unwrap_or_default()
    }
}

impl fmt::Display for Standing {
    /// The units that are left: `SN-1, SN-2 and 3 new ones`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |number: usize, one: &str, more: &str| match number {
            0 => None,
            1 => Some(format!("1 {one}")),
            number => Some(format!("{number} {more}")),
        };
        let named = self.left.len().min(NAMED);
        let first = self.left[..named].join(", ");
        let parts = [
            (named > 0).then_some(first),
            count(self.left.len() - named, "other", "others"),
            count(self.unseen as usize, "new one", "new ones"),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        f.write_str(&parts.join(" and "))
    }
}

fn index_of(names: &mut Vec<String>, name: &str) -> usize {
    names
        .iter()
        .position(|known| known == name)
        .unwrap_or_else(|| {
            names.push(name.to_owned());
            names.len() - 1
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn study(size: &str) -> Study {
        Study::new(size.parse().unwrap())
    }

    #[test]
    fn size_is_three_numbers_with_an_x_between() {
        let size: StudySize = "3x10x2".parse().unwrap();
        assert_eq!((size.operators, size.parts, size.trials), (3, 10, 2));
        assert_eq!((size.runs(), size.to_string()), (60, "3x10x2".to_owned()));
        assert_eq!("3 × 10 × 2".parse(), Ok(size));
        for wrong in [
            "", "3", "3x10", "3x10x2x1", "1x10x3", "3x10x1", "3x999x3", "axbxc",
        ] {
            assert!(wrong.parse::<StudySize>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn nobody_measures_a_unit_again_before_all_others_had_their_turn() {
        let mut study = study("2x2x2");
        assert_eq!(study.admit("ann", "A"), Ok(1));
        study.measured("ann", "A");
        let again = study.admit("ann", "A").unwrap_err().to_string();
        assert_eq!(
            again,
            "ann has measured A in trial 1; still to measure: 1 new one"
        );
        assert_eq!(study.admit("ann", "B"), Ok(1));
        study.measured("ann", "B");
        assert_eq!(study.admit("ann", "B"), Ok(2));
        study.measured("ann", "B");
        let again = study.admit("ann", "B").unwrap_err().to_string();
        assert!(again.ends_with("still to measure: A"), "{again}");
    }

    #[test]
    fn every_operator_has_trials_of_their_own() {
        let mut study = study("2x2x2");
        for part in ["A", "B", "A", "B"] {
            assert!(study.admit("ann", part).is_ok());
            study.measured("ann", part);
        }
        assert_eq!(study.standing("ann").trial, None);
        assert_eq!(
            study.admit("ann", "A"),
            Err(Refused::OperatorIsThrough("ann".to_owned()))
        );
        assert_eq!(study.standing("bob").trial, Some(1));
        assert_eq!(study.standing("bob").to_string(), "A, B");
        assert!(!study.is_complete());
        for part in ["B", "A", "A", "B"] {
            assert!(study.admit("bob", part).is_ok(), "{part}");
            study.measured("bob", part);
        }
        assert!(study.is_complete());
        assert_eq!(study.runs(), 8);
    }

    #[test]
    fn a_few_of_the_units_that_are_left_are_named() {
        let mut study = study("2x10x2");
        for part in ["A", "B", "C", "D", "E", "F"] {
            study.measured("ann", part);
        }
        let left = study.standing("bob").to_string();
        assert_eq!(left, "A, B, C, D and 2 others and 4 new ones");
    }

    #[test]
    fn strangers_are_refused_with_the_names_of_those_who_belong_to_it() {
        let mut study = study("2x2x2");
        study.measured("ann", "A");
        study.measured("bob", "B");
        let stranger = study.admit("eve", "A").unwrap_err().to_string();
        assert_eq!(stranger, "the study has its 2 operators: ann, bob");
        let part = study.admit("ann", "C").unwrap_err().to_string();
        assert!(part.ends_with("none of them: A, B"), "{part}");
    }
}
