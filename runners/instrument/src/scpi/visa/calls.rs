//! Calls of the library that cannot end this process by a panic.
//!
//! visa-rs panics on status codes that it does not know and on functions that a library lacks; and
//! it does not tell whether a read ended with the message, for which one call is made directly.

use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use visa_rs::enums::attribute::{AttrTmoValue, HasAttribute as _};
use visa_rs::enums::status::ErrorCode;
use visa_rs::session::AsRawSs as _;
use visa_rs::{Error, Instrument};
use visa_sys::{VI_SUCCESS_MAX_CNT, ViStatus, ViUInt32, viRead};

/// Why a call did not do what it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Failure {
    Code(ErrorCode),
    Other(String),
}

/// Where a read stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    OfMessage,
    OfRoom,
}

impl Failure {
    pub(super) fn text(&self) -> String {
        match self {
            Self::Code(code) => code.to_string(),
            Self::Other(text) => text.clone(),
        }
    }

    pub(super) fn is_timeout(&self) -> bool {
        *self == Self::Code(ErrorCode::ErrorTmo)
    }

    pub(super) fn is_locked(&self) -> bool {
        matches!(
            self,
            Self::Code(ErrorCode::ErrorRsrcLocked | ErrorCode::ErrorRsrcBusy)
        )
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Code(error.0)
    }
}

/// Makes a call whose panic is a failure like any other.
pub(super) fn guarded<T>(call: impl FnOnce() -> visa_rs::Result<T>) -> Result<T, Failure> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(result) => result.map_err(Failure::from),
        Err(panic) => {
            let text = panic
                .downcast_ref::<String>()
                .map(String::as_str)
                .or_else(|| panic.downcast_ref::<&str>().copied());
            let why = text.and_then(|text| text.lines().next());
            let why = why.unwrap_or("something is wrong with it");
            Err(Failure::Other(format!("the VISA library: {why}")))
        }
    }
}

/// Sets how long the next calls may take.
pub(super) fn set_limit(instrument: &Instrument, limit: Duration) -> Result<(), Failure> {
    // The largest value stands for "for ever".
    let millis = limit.as_millis().clamp(1, u128::from(u32::MAX - 1)) as u32;
    let Some(limit) = AttrTmoValue::new_checked(millis) else {
        return Ok(());
    };
    guarded(|| instrument.set_attr(limit))
}

/// Writes a whole message.
pub(super) fn write(instrument: &Instrument, bytes: &[u8]) -> Result<(), Failure> {
    let mut rest = bytes;
    while !rest.is_empty() {
        let count = guarded(|| {
            let written = (&*instrument).write(rest);
            written.map_err(|error| {
                Error::try_from(error).unwrap_or(Error(ErrorCode::ErrorSystemError))
            })
        })?;
        if count == 0 {
            return Err(Failure::Other("the instrument takes no more".to_owned()));
        }
        rest = &rest[count.min(rest.len())..];
    }
    Ok(())
}

/// Reads at most `most` bytes and says whether the message ended with them.
pub(super) fn read(
    instrument: &Instrument,
    into: &mut Vec<u8>,
    most: usize,
) -> Result<End, Failure> {
    let start = into.len();
    into.resize(start + most, 0);
    let mut count: ViUInt32 = 0;
    let room = &mut into[start..];
    let status = guarded(|| {
        // SAFETY: the session is open for as long as `instrument` lives; `room` and `count` are
        // writable, outlive the call, and the library is told the size of `room`.
        let status: ViStatus = unsafe {
            viRead(
                instrument.as_raw_ss(),
                room.as_mut_ptr(),
                room.len() as ViUInt32,
                &raw mut count,
            )
        };
        Ok(status)
    });
    into.truncate(start + (count as usize).min(most));
    match status? {
        status if status == VI_SUCCESS_MAX_CNT as ViStatus => Ok(End::OfRoom),
        status if status >= 0 => Ok(End::OfMessage),
        status => Err(ErrorCode::try_from(status).map_or_else(
            |_| Failure::Other(format!("the VISA library answers {status:#x}")),
            Failure::Code,
        )),
    }
}
