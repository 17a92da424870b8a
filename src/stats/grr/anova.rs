//! Analysis of variance of a crossed study.
//!
//! AIAG MSA, 4th edition, chapter III section B and appendix A: two factors with interaction; where
//! the interaction is not significant at an alpha of 0.25 it is pooled with the equipment.

use super::super::distribution::f_tail;
use super::super::summary::mean;
use super::components::Components;
use super::study::Study;

/// An interaction that is less likely than this by chance is kept.
pub(crate) const POOLING_ALPHA: f64 = 0.25;

/// A row of the table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Source {
    pub(crate) freedom: usize,
    pub(crate) sum_of_squares: f64,
    pub(crate) mean_square: f64,
    /// The ratio to the row that it is tested against; `None` where that one is zero, and for the
    /// last rows.
    pub(crate) ratio: Option<f64>,
    /// How likely such a ratio is by chance.
    pub(crate) p: Option<f64>,
}

/// The table, and what follows from it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Anova {
    pub(crate) part: Source,
    pub(crate) appraiser: Source,
    /// As it was found, also where it was pooled then.
    pub(crate) interaction: Source,
    /// Equipment alone, without what was pooled into it.
    pub(crate) equipment: Source,
    /// Equipment and interaction together; `Some` where that is what the components rest on.
    pub(crate) pooled: Option<Source>,
    pub(crate) total: Source,
    pub(crate) components: Components,
}

impl Anova {
    pub(crate) fn of(study: &Study) -> Self {
        let (parts, appraisers, trials) = (study.parts.len(), study.appraisers.len(), study.trials);
        let sums = Sums::of(study);
        let equipment = Source::new(parts * appraisers * (trials - 1), sums.equipment);
        let freedom = (parts - 1) * (appraisers - 1);
        let interaction = Source::new(freedom, sums.interaction).against(&equipment);
        // A p that cannot be told is that of a table without any residual: nothing to pool then.
        let is_pooled = interaction.p.is_none_or(|p| p >= POOLING_ALPHA);
        let pooled = is_pooled.then(|| {
            let sum = equipment.sum_of_squares + interaction.sum_of_squares;
            Source::new(equipment.freedom + interaction.freedom, sum)
        });
        let error = pooled.unwrap_or(interaction);
        let part = Source::new(parts - 1, sums.part).against(&error);
        let appraiser = Source::new(appraisers - 1, sums.appraiser).against(&error);
        let spread = |square: f64| square.max(0.0).sqrt();
        let above = |source: &Source, times: usize| {
            spread((source.mean_square - error.mean_square) / times as f64)
        };
        let of_interaction = pooled
            .is_none()
            .then(|| spread((interaction.mean_square - equipment.mean_square) / trials as f64));
        Self {
            components: Components::of(
                spread(pooled.unwrap_or(equipment).mean_square),
                above(&appraiser, parts * trials),
                of_interaction,
                above(&part, appraisers * trials),
            ),
            part,
            appraiser,
            interaction,
            equipment,
            pooled,
            total: Source::new(parts * appraisers * trials - 1, sums.total),
        }
    }
}

impl Source {
    fn new(freedom: usize, sum_of_squares: f64) -> Self {
        Self {
            freedom,
            sum_of_squares,
            mean_square: sum_of_squares / freedom as f64,
            ratio: None,
            p: None,
        }
    }

    fn against(self, error: &Self) -> Self {
        let ratio = self.mean_square / error.mean_square;
        let ratio = Some(ratio).filter(|ratio| ratio.is_finite());
        Self {
            ratio,
            p: ratio.and_then(|ratio| f_tail(ratio, self.freedom, error.freedom)),
            ..self
        }
    }
}

/// Sums of squares about the means.
struct Sums {
    part: f64,
    appraiser: f64,
    interaction: f64,
    equipment: f64,
    total: f64,
}

impl Sums {
    fn of(study: &Study) -> Self {
        let (parts, appraisers, trials) = (study.parts.len(), study.appraisers.len(), study.trials);
        let all: Vec<f64> = study.cells().flatten().copied().collect();
        let grand = mean(&all);
        let square = |value: f64, about: f64| (value - about) * (value - about);
        let part_means: Vec<f64> = (0..parts).map(|part| mean(&study.of_part(part))).collect();
        let appraiser_means: Vec<f64> = (0..appraisers)
            .map(|one| mean(&study.of_appraiser(one)))
            .collect();
        let mut interaction = 0.0;
        let mut equipment = 0.0;
        for (part, row) in study.values.iter().enumerate() {
            for (appraiser, cell) in row.iter().enumerate() {
                let cell_mean = mean(cell);
                let expected = part_means[part] + appraiser_means[appraiser] - grand;
                interaction += square(cell_mean, expected) * trials as f64;
                equipment += cell
                    .iter()
                    .map(|value| square(*value, cell_mean))
                    .sum::<f64>();
            }
        }
        let about_grand = |means: &[f64]| means.iter().map(|one| square(*one, grand)).sum::<f64>();
        Self {
            part: about_grand(&part_means) * (appraisers * trials) as f64,
            appraiser: about_grand(&appraiser_means) * (parts * trials) as f64,
            interaction,
            equipment,
            total: about_grand(&all),
        }
    }
}
