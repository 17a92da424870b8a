//! The conversation with the engine.

use std::io;
use std::path::PathBuf;

use maestro_protocol::{
    Call, Capabilities, DescribeParams, DescribeResult, ErrorObject, ExecuteParams, ExecuteResult,
    Handler, InitializeParams, InitializeResult, PROTOCOL_VERSION, serve_process,
};

use crate::runner::{Kind, Runner};
use crate::streams::Streams;
use crate::{conformance, ending};

/// Serves requests on standard input until `shutdown` or its end.
///
/// Whatever this process holds open is closed then; it must have nothing else to do.
pub fn serve(kind: Kind) -> io::Result<()> {
    let streams = Streams::take()?;
    ending::watch()?;
    let mut runner = Runner::new(kind);
    runner.programs.adopt_orphans();
    serve_process(&mut runner, streams.requests, streams.answers)
}

impl Handler for Runner {
    fn initialize(&mut self, params: &InitializeParams) -> Result<InitializeResult, ErrorObject> {
        self.workdir = PathBuf::from(&params.workdir);
        self.packages.clone_from(&params.packages);
        Ok(InitializeResult {
            protocol: PROTOCOL_VERSION,
            name: self.kind.name().to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            runtime: "native".to_owned(),
            capabilities: Capabilities {
                describe: true,
                cancel: true,
                log: true,
                artifact: true,
                ..Capabilities::default()
            },
        })
    }

    fn describe(&mut self, params: &DescribeParams) -> Result<DescribeResult, ErrorObject> {
        let described = params.targets.iter().map(|asked| {
            conformance::describe(&asked.target)
                .unwrap_or_else(|| self.describe_one(&asked.target, asked.package.as_deref()))
        });
        Ok(DescribeResult {
            targets: described.collect(),
        })
    }

    fn execute(
        &mut self,
        params: &ExecuteParams,
        call: &mut Call<'_>,
    ) -> Result<ExecuteResult, ErrorObject> {
        match conformance::execute(params, call) {
            Some(answer) => answer,
            None => self.step(params, call),
        }
    }
}
