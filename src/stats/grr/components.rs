//! What the spread of a study is made of.

/// Standard deviations of a study, by their names in AIAG MSA.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Components {
    /// EV, repeatability: the equipment.
    pub(crate) equipment: f64,
    /// AV, reproducibility: the appraisers.
    pub(crate) appraiser: f64,
    /// INT: appraisers that differ from part to part. `None` where it was pooled, or not computed.
    pub(crate) interaction: Option<f64>,
    /// GRR: all of the above.
    pub(crate) grr: f64,
    /// PV: the parts.
    pub(crate) part: f64,
    /// TV: everything.
    pub(crate) total: f64,
}

impl Components {
    /// From equipment, appraiser, interaction and part; the others are their sums of squares.
    pub(super) fn of(equipment: f64, appraiser: f64, interaction: Option<f64>, part: f64) -> Self {
        let grr = equipment.hypot(appraiser).hypot(interaction.unwrap_or(0.0));
        Self {
            equipment,
            appraiser,
            interaction,
            grr,
            part,
            total: grr.hypot(part),
        }
    }

    /// %TV: a component as a share of the total variation, in percent. `None` without variation.
    pub(crate) fn percent_of_study(&self, component: f64) -> Option<f64> {
        (self.total > 0.0).then(|| 100.0 * component / self.total)
    }

    /// The share of the variance, in percent; these shares add up to 100.
    pub(crate) fn percent_contribution(&self, component: f64) -> Option<f64> {
        (self.total > 0.0).then(|| 100.0 * (component / self.total).powi(2))
    }

    /// %Tolerance: six times a component as a share of the width of the limits, in percent.
    pub(crate) fn percent_of_tolerance(component: f64, width: Option<f64>) -> Option<f64> {
        width.map(|width| 600.0 * component / width)
    }

    /// ndc: how many classes of parts the gauge can tell apart, 1.41 PV / GRR without its decimals.
    /// `None` for a gauge without any variation.
    pub(crate) fn distinct_categories(&self) -> Option<u64> {
        (self.grr > 0.0).then(|| (1.41 * self.part / self.grr).floor() as u64)
    }
}
