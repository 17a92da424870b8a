//! What earlier runs measured, looked up beside the screen.

use std::collections::HashMap;
use std::thread;

use crossbeam_channel::{Receiver, Sender, bounded};

/// Looks up the newest finite values of a measurement, oldest first.
pub(crate) type LookUp = Box<dyn FnMut(&str) -> Vec<f64> + Send>;

/// Questions that wait at most; more are asked again when they are looked at again.
const WAITING: usize = 4;

/// Fewer values say nothing about a process.
const ENOUGH: usize = 10;

/// Earlier values by the name of the measurement.
#[derive(Debug, Default)]
pub(super) struct Remembered {
    values: HashMap<String, Option<Vec<f64>>>,
    asking: Option<Asking>,
}

#[derive(Debug)]
struct Asking {
    names: Sender<String>,
    answers: Receiver<(String, Vec<f64>)>,
}

impl Remembered {
    /// Looks values up on a thread of its own; it ends with this value.
    pub(super) fn from(mut look_up: LookUp) -> Self {
        let (names, wanted) = bounded::<String>(WAITING);
        let (answer, answers) = bounded(WAITING);
        let work = move || {
            for name in wanted {
                let values = look_up(&name);
                if answer.send((name, values)).is_err() {
                    break;
                }
            }
        };
        let started = thread::Builder::new()
            .name("history".to_owned())
            .spawn(work);
        Self {
            values: HashMap::new(),
            // Without a thread there is no history; the run needs none.
            asking: started.is_ok().then_some(Asking { names, answers }),
        }
    }

    /// Takes in what was found; whether there was anything.
    pub(super) fn collect(&mut self) -> bool {
        let Some(asking) = &self.asking else {
            return false;
        };
        let mut has_news = false;
        for (name, values) in asking.answers.try_iter() {
            self.values.insert(name, Some(values));
            has_news = true;
        }
        has_news
    }

    /// Asks for the values of a measurement, once.
    pub(super) fn want(&mut self, name: &str) {
        if let Some(asking) = &self.asking
            && !self.values.contains_key(name)
            && asking.names.try_send(name.to_owned()).is_ok()
        {
            self.values.insert(name.to_owned(), None);
        }
    }

    /// The values of a measurement, where they are known and there are some.
    pub(super) fn of(&self, name: &str) -> Option<&[f64]> {
        self.values
            .get(name)?
            .as_deref()
            .filter(|values| !values.is_empty())
    }
}

/// How well values stay between limits: the smaller distance from the mean to a limit in units of
/// three standard deviations (Cpk, ISO 22514-2, with the standard deviation of the sample).
pub(super) fn cpk(values: &[f64], low: Option<f64>, high: Option<f64>) -> Option<f64> {
    if values.len() < ENOUGH {
        return None;
    }
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares = values
        .iter()
        .map(|value| (value - mean).powi(2))
        .sum::<f64>();
    let sigma = (squares / (count - 1.0)).sqrt();
    let below = low.map(|low| mean - low);
    let above = high.map(|high| high - mean);
    let nearest = match (below, above) {
        (Some(below), Some(above)) => below.min(above),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => return None,
    };
    (sigma > 0.0).then(|| nearest / (3.0 * sigma))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cpk_is_that_of_the_nearer_limit() {
        // Mean 5.5, sample standard deviation 3.02765.
        let values: Vec<f64> = (1..=10).map(f64::from).collect();
        let near = cpk(&values, Some(0.0), Some(20.0)).unwrap();
        assert!(
            (near - 5.5 / (3.0 * 3.027_650_354_097_492)).abs() < 1e-12,
            "{near}"
        );
        assert_eq!(
            cpk(&values, None, Some(20.0)),
            cpk(&values, Some(-9.0), None)
        );
        assert_eq!(cpk(&values[..9], Some(0.0), None), None);
        assert_eq!(cpk(&values, None, None), None);
        assert_eq!(cpk(&[1.0; 10], Some(0.0), None), None);
    }

    #[test]
    fn each_name_is_looked_up_once() {
        let mut past = Remembered::from(Box::new(|name| vec![name.len() as f64]));
        past.want("VOUT");
        past.want("VOUT");
        while !past.collect() {
            thread::yield_now();
        }
        assert_eq!(past.of("VOUT"), Some([4.0].as_slice()));
        assert_eq!(past.of("other"), None);
    }
}
