//! The Python runner that travels inside the executable, as a fleet sees it.

use std::fs;

use maestro_protocol::PackageInfo;
use serde_json::json;

use super::*;
use crate::runner::{PythonQuery, embedded, find_python};

/// A ready fleet whose runner knows the module `m`.
fn python_rig(module: &str) -> Rig {
    let mut rig = Rig::idle("", |_| ());
    fs::write(rig.path("m.py"), module).unwrap();
    let folder = embedded::unpack(&rig.path("home")).unwrap();
    rig.spec.args = embedded::python_arguments(&folder).map(Into::into).to_vec();
    let root = rig.folder.path().to_str().unwrap().to_owned();
    let params = InitializeParams {
        protocol: 1,
        engine: "test".to_owned(),
        station: "bench".to_owned(),
        workdir: root.clone(),
        packages: vec![PackageInfo {
            name: "p".to_owned(),
            root: root.clone(),
            search_paths: vec![root],
            typed_parameters: true,
        }],
    };
    rig.fleet.start(ONE, &rig.spec, &params, clock::now());
    rig.expect_ready();
    rig
}

fn call(rig: &mut Rig, function: &str) -> CallId {
    rig.last_call += 1;
    let call = CallId(rig.last_call);
    let params = ExecuteParams {
        package: Some("p".to_owned()),
        target: json!({"module": "m", "function": function}),
        ..ExecuteParams::default()
    };
    rig.fleet.execute(ONE, call, &params);
    call
}

#[test]
fn state_of_a_module_survives_and_prints_become_log() {
    let mut rig = python_rig(
        "import os\nn = 0\ndef f():\n    global n\n    n += 1\n    print('n is', n)\n    os.system('echo child; cat')\n    return n\n",
    );
    for expected in 1..=3 {
        let call = call(&mut rig, "f");
        assert_eq!(rig.expect_reply(call).unwrap().outputs["result"], expected);
        let mut log: Vec<String> = rig
            .log()
            .iter()
            .map(|(_, text)| (*text).to_owned())
            .collect();
        log.sort();
        assert_eq!(log, ["child".to_owned(), format!("n is {expected}")]);
        assert!(rig.log().iter().all(|(of, _)| *of == Some(call)));
        rig.events.clear();
    }
    assert!(rig.shut_down() < Duration::from_secs(2));
}

#[test]
fn hung_function_hears_cancel_and_a_deaf_one_is_killed_with_its_child() {
    let mut rig = python_rig(
        "import subprocess, time\ndef hang():\n    time.sleep(60)\ndef deaf():\n    subprocess.Popen(['sleep', '60'], start_new_session=True)\n    told = False\n    while True:\n        try:\n            if not told:\n                told = True\n                print('deaf')\n            time.sleep(60)\n        except BaseException: pass\n",
    );
    let hung = call(&mut rig, "hang");
    rig.expect_silence(Duration::from_millis(20));
    rig.fleet.cancel(ONE, hung);
    match rig.wait(|event| !matches!(event, FleetEvent::Log { .. })) {
        FleetEvent::LateReply { result, .. } => {
            assert_eq!(result.unwrap_err().code, maestro_protocol::error::CANCELLED);
        }
        other => panic!("{other:?}"),
    }
    let deaf = call(&mut rig, "deaf");
    rig.wait(|event| matches!(event, FleetEvent::Log { text, .. } if text == "deaf"));
    rig.fleet.cancel(ONE, deaf);
    rig.expect_silence(Duration::from_millis(20));
    rig.fleet.kill(ONE);
    rig.wait(|event| matches!(event, FleetEvent::Killed { .. }));
    assert!(rig.marked().is_empty());
}

#[test]
fn interpreter_of_the_path_starts_the_runner() {
    let rig = Rig::idle("", |_| ());
    let folder = python().parent().unwrap().to_owned();
    let env = |name: &str| (name == "PATH").then(|| folder.clone().into_os_string());
    let query = PythonQuery {
        command: &[],
        runner_type: None,
        least: None,
        workdir: rig.folder.path(),
        env: &env,
        cache: &rig.path("cache"),
    };
    let python = find_python(&query).unwrap();
    assert!(python.version.unwrap() >= [3, 9, 0]);
}
