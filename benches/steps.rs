//! What a run costs: per step, from start to end, and in memory. The figures of the README.
//!
//! `cargo bench --bench steps` runs the real executable on packages that it writes, journal and
//! store on, and beside each Python run the same calls on the same runner without an engine: the
//! bare round trip. Rounds take turns, so that a drift of the machine hits all alike; each figure is
//! the median of the rounds with the least and the greatest. `-- --quick` takes fewer rounds.
//!
//! `-- --stores` measures instead what PostgreSQL and Redis cost that the station is configured for:
//! the same runs with both servers on the same machine and without, in turns. Beside the time of a
//! step it tells the processor time of the engine's thread, which the servers and the threads that
//! talk to them do not stretch by taking processors for themselves.

#[cfg(all(feature = "postgres", feature = "redis"))]
#[path = "../tests/servers/mod.rs"]
mod servers;

#[allow(dead_code, unused_imports, reason = "each bench uses a part")]
mod rig;

use std::fs;
use std::io::{self, BufRead as _, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::Duration;

use rig::{
    Bench, Cost, Environment, Figures, MOCK_STEP, definition, expect, manifest, now, processor_time,
};

fn main() -> io::Result<()> {
    let is_quick = std::env::args().any(|arg| arg == "--quick");
    let rounds = if is_quick { 3 } else { 9 };
    let folder = std::env::temp_dir().join(format!("maestro-bench-{}", std::process::id()));
    let bench = Bench::new(&folder)?;
    let result = if std::env::args().any(|arg| arg == "--stores") {
        bench.measure_stores(rounds)
    } else {
        bench.measure(rounds)
    };
    fs::remove_dir_all(&folder)?;
    result
}

impl Bench {
    fn measure(&self, rounds: usize) -> io::Result<()> {
        let mut out = io::stdout().lock();
        // Unpacks the runner and fills the caches; not counted.
        self.run("python-1")?;
        self.run("mock-1")?;
        for steps in [1_000_usize, 10_000] {
            let (mut whole, mut bare, mut over) = (vec![], vec![], vec![]);
            let mut mock = vec![];
            for _ in 0..rounds {
                let per_step = self.run(&format!("python-{steps}"))?.run_us / steps as f64;
                let round_trip = self.bare(steps)?;
                whole.push(per_step);
                bare.push(round_trip);
                over.push(per_step - round_trip);
                mock.push(self.run(&format!("mock-{steps}"))?.run_us / steps as f64);
            }
            writeln!(
                out,
                "{steps} Python steps, per step      {} µs",
                Figures(whole)
            )?;
            writeln!(out, "  the same calls, no engine      {} µs", Figures(bare))?;
            writeln!(out, "  engine, journal and store      {} µs", Figures(over))?;
            writeln!(
                out,
                "{steps} mock steps, per step        {} µs",
                Figures(mock)
            )?;
        }
        for name in ["python-1", "mock-1"] {
            let mut walls = Vec::new();
            for _ in 0..rounds * 3 {
                walls.push(self.run(name)?.wall.as_secs_f64() * 1e3);
            }
            writeln!(
                out,
                "{name:<9} start to end              {} ms",
                Figures(walls)
            )?;
        }
        let peaks: io::Result<Vec<f64>> = (0..rounds).map(|_| self.peak("python-10000")).collect();
        writeln!(
            out,
            "peak memory, 10000 steps           {} MiB",
            Figures(peaks?)
        )?;
        self.validate(rounds, &mut out)
    }

    /// What both servers cost in the thread that goes from step to step.
    #[cfg(all(feature = "postgres", feature = "redis"))]
    fn measure_stores(&self, rounds: usize) -> io::Result<()> {
        let mut out = io::stdout().lock();
        let postgres = servers::PostgresServer::start_with(&[("fsync", "on")]);
        let redis = servers::RedisServer::start();
        let both = [
            ("MAESTRO_DATABASE_URL", postgres.create_database()),
            ("MAESTRO_REDIS_URL", redis.url()),
        ];
        // The schema is made; not counted.
        self.run_with("python-1", &both)?;
        for name in ["python-10000", "mock-10000"] {
            let mut figures: [Vec<f64>; 6] = Default::default();
            for _ in 0..rounds {
                let without = self.run_with(name, &[])?;
                let with = self.run_with(name, &both)?;
                for (place, (with, without)) in [
                    (with.engine_us, without.engine_us),
                    (with.run_us, without.run_us),
                ]
                .into_iter()
                .enumerate()
                {
                    let place = place * 3;
                    figures[place].push(without / 1e4);
                    figures[place + 1].push(with / 1e4);
                    figures[place + 2].push((with - without) / 1e4);
                }
            }
            let what = ["engine's thread, processor time", "from step to step"];
            for (what, figures) in what.into_iter().zip(figures.chunks(3)) {
                writeln!(out, "{name}, {what}, per step")?;
                let titles = ["journal and store", "with PostgreSQL, Redis", "extra"];
                for (title, figures) in titles.into_iter().zip(figures) {
                    writeln!(out, "  {title:<24} {} µs", Figures(figures.clone()))?;
                }
            }
        }
        Ok(())
    }

    #[cfg(not(all(feature = "postgres", feature = "redis")))]
    fn measure_stores(&self, _: usize) -> io::Result<()> {
        Err(io::Error::other("built without PostgreSQL or Redis"))
    }

    /// `validate` of a thousand files of fifty steps each.
    fn validate(&self, rounds: usize, out: &mut dyn Write) -> io::Result<()> {
        for number in 0..1_000 {
            let folder = self.folder.join(format!("files/p{}", number / 10));
            fs::create_dir_all(folder.join("tests"))?;
            fs::write(
                folder.join("package.json"),
                manifest(&format!("p{}", number / 10)),
            )?;
            let text = definition(10, MOCK_STEP);
            fs::write(folder.join(format!("tests/t{number}.yaml")), text)?;
        }
        let mut walls = Vec::new();
        for _ in 0..rounds {
            let start = now();
            let status = self
                .command()
                .args(["validate", "--quiet"])
                .arg(self.folder.join("files"))
                .stdout(Stdio::null())
                .status()?;
            walls.push((now() - start).as_secs_f64() * 1e3);
            expect(status.success(), "validate finds nothing")?;
        }
        writeln!(
            out,
            "validate 1000 files of 10 steps    {} ms",
            Figures(walls)
        )
    }

    /// One run of a package, whose engine is watched.
    fn run_with(&self, name: &str, environment: &Environment) -> io::Result<Cost> {
        let start = now();
        let mut child = self.start_run(name, environment)?;
        let mut engine_us = 0.0;
        while child.try_wait()?.is_none() {
            engine_us = processor_time(child.id(), "session").unwrap_or(engine_us);
            std::thread::sleep(Duration::from_millis(1));
        }
        let wall = now() - start;
        let output = child.wait_with_output()?;
        expect(
            output.status.success(),
            &String::from_utf8_lossy(&output.stderr),
        )?;
        Ok(Cost {
            wall,
            run_us: self.duration_of_newest_run()?,
            engine_us,
        })
    }

    /// The greatest resident size that the process had, in MiB.
    fn peak(&self, name: &str) -> io::Result<f64> {
        let mut child = self.start_run(name, &[])?;
        let status = format!("/proc/{}/status", child.id());
        let mut peak_kib = 0.0_f64;
        while child.try_wait()?.is_none() {
            let text = fs::read_to_string(&status).unwrap_or_default();
            let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
            peak_kib = peak_kib.max(kib.unwrap_or(0.0));
            std::thread::sleep(Duration::from_millis(2));
        }
        Ok(peak_kib / 1024.0)
    }

    /// The same calls on the same runner from a loop without an engine, in µs a call.
    fn bare(&self, calls: usize) -> io::Result<f64> {
        let runners = self.folder.join("home/runners");
        let start = fs::read_dir(runners)?
            .filter_map(Result::ok)
            .map(|entry| entry.path().join("start.py"))
            .find(|path| path.exists())
            .ok_or_else(|| io::Error::other("the runner was unpacked by the first run"))?;
        let package = self.folder.join(format!("python-{calls}"));
        let mut child = Command::new(&self.python)
            .arg("-S")
            .arg(start)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::Error::other("pipes were asked for"));
        };
        let mut output = BufReader::new(output);
        let mut line = String::new();
        let root = package.display();
        let initialize = format!(
            "{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{{\"protocol\":1,\
             \"engine\":\"bench\",\"station\":\"bench\",\"workdir\":\"{root}\",\"packages\":[{{\
             \"name\":\"p\",\"root\":\"{root}\",\"search_paths\":[\"{root}/python_modules\"]}}]}}}}\n"
        );
        input.write_all(initialize.as_bytes())?;
        output.read_line(&mut line)?;
        let mut begin = now();
        for id in 2..calls + 2 {
            if id == 3 {
                // The first call loads the module.
                begin = now();
            }
            let call = format!(
                "{{\"jsonrpc\":\"2.0\",\"id\":{id},\"method\":\"execute\",\"params\":{{\"run\":\
                 \"01a1fbc8-1066-75f7-92cc-a17a59758d86\",\"step\":\"steps/Measure rail {id}#{id}\",\
                 \"attempt\":1,\"package\":\"p\",\"target\":{{\"module\":\"board\",\"function\":\
                 \"measure\"}},\"parameters\":{{\"channel\":{id}}},\"parameters_text\":{{\"channel\"\
                 :\"{id}\"}},\"timeout_ms\":1000,\"context\":{{\"serial\":\"B1\",\"operator\":\
                 \"root\",\"station\":\"bench\",\"tags\":{{}}}}}}}}\n"
            );
            input.write_all(call.as_bytes())?;
            line.clear();
            output.read_line(&mut line)?;
        }
        let spent = now() - begin;
        expect(line.contains("\"result\""), &line)?;
        drop(input);
        child.wait()?;
        Ok(spent.as_secs_f64() * 1e6 / (calls - 1) as f64)
    }
}
