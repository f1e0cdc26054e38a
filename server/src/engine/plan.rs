//! Planning a run: every rendition's plan, and which of them share a decode.

use std::sync::Arc;

use rendition_imaging::{Header, Limits, Plan};

use super::{
    Inner, fetch::overloaded, gate::Refused, passenger::Passenger, specs::ResolvedSpec, verdict,
    workers::guarded,
};
use crate::model::Error;

/// The most renditions that share one decode: they are encoded one after another on one thread, which
/// other cores and other callers should not have to watch for long.
const LARGEST_SHARE: usize = 16;
/// The most bytes that an encoded pixel takes in any format that we write, about.
const ENCODED_PIXEL: u64 = 3;

/// Renditions that share one decode.
pub(super) struct Share {
    /// The renditions.
    pub aboard: Vec<Passenger>,
    /// How each of them is made.
    pub plans: Vec<Plan>,
    /// The bytes that making them takes.
    pub memory: u64,
}

/// The header of a source and the plan of each spec, or why there is none.
pub(super) type Planned = (Header, Vec<Result<Plan, Error>>);

/// Reads the header and makes every plan, before any pixel is decoded. A panic on hostile bytes is a
/// verdict on them.
pub(super) fn all(bytes: &[u8], specs: &[Arc<ResolvedSpec>], limits: &Limits) -> Result<Planned, Error> {
    let planned = guarded(|| {
        let header = rendition_imaging::inspect(bytes)?;
        let plan = |spec: &Arc<ResolvedSpec>| Plan::new(&header, bytes.len() as u64, &spec.spec, limits);
        let plans = specs.iter().map(|spec| plan(spec).map_err(|error| verdict::of(&error))).collect();
        Ok((header, plans))
    });
    planned.map_err(|panicked| verdict::panicked(&panicked))?.map_err(|error| verdict::of(&error))
}

/// Splits renditions into shares of one decode each, none of them larger than the whole budget.
pub(super) fn parts(planned: Vec<(Passenger, Plan)>, budget: u64) -> Vec<Share> {
    let mut shares: Vec<Share> = Vec::new();
    for (passenger, plan) in planned {
        let size = plan.output_size();
        let encoded = u64::from(size.width) * u64::from(size.height) * ENCODED_PIXEL;
        let joined = |share: &Share| share.memory.max(plan.memory_bytes()) + encoded;
        let share = shares.iter_mut().find(|share| {
            share.plans.len() < LARGEST_SHARE
                && share.plans[0].decode() == plan.decode()
                && joined(share) <= budget
        });
        match share {
            Some(share) => {
                share.memory = joined(share);
                share.aboard.push(passenger);
                share.plans.push(plan);
            }
            None => {
                let memory = plan.memory_bytes();
                shares.push(Share { aboard: vec![passenger], plans: vec![plan], memory });
            }
        }
    }
    shares
}

impl Inner {
    /// Refuses a plan that would not fit into the memory even if nothing else ran.
    pub(super) fn fits(&self, plan: Plan) -> Result<Plan, Error> {
        let units = self.limits.memory;
        if plan.memory_bytes() <= units { Ok(plan) } else { Err(overloaded(Refused::TooLarge { units })) }
    }
}
