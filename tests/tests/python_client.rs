//! A stranger's client: Python's grpcio, with stubs made from `proto/` alone and by reflection, against a
//! real server on real ports.
//!
//! The packages of `tests/python/requirements.txt` are installed once into a virtual environment under
//! the target folder. It needs `python3` with `venv`; without them the test fails and says so.
#![allow(clippy::unwrap_used)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use rendition_server::{Config, Server};

const PYTHON_TESTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/python");
const SOURCE: &str = "avatars/gradient.png";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_python_client_that_knows_the_proto_files_alone_gets_all_its_answers() {
    let folder = tempfile::tempdir().unwrap();
    let media = folder.path().join("media");
    fs::create_dir_all(media.join("avatars")).unwrap();
    fs::write(media.join(SOURCE), gradient(640, 480)).unwrap();

    let config = format!(
        "version = 1\nlisten = {{ grpc = \"127.0.0.1:0\", http = \"127.0.0.1:0\" }}\nqueue.path = {:?}\n\
         [stores]\nmedia = {{ kind = \"fs\", root = {media:?}, source = true }}\n\
         renditions = {{ kind = \"fs\", root = {:?} }}\n",
        folder.path().join("queue"),
        folder.path().join("renditions"),
    );
    let server = Server::builder(Config::parse(&config, std::iter::empty()).unwrap()).bind().await.unwrap();
    let (grpc, http) = (server.grpc_address().unwrap(), server.http_address().unwrap());
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = tokio::spawn(server.run(async {
        // A sender that is gone means the end as well.
        let _ = stopped.await;
    }));

    let output = tokio::task::spawn_blocking(move || {
        Command::new(environment())
            .arg("stranger_test.py")
            .current_dir(PYTHON_TESTS)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("RENDITION_GRPC", grpc.to_string())
            .env("RENDITION_HTTP", format!("http://{http}"))
            .env("RENDITION_SOURCE", SOURCE)
            .output()
            .unwrap()
    })
    .await
    .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    println!("{said}");
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stdout));
    assert!(said.trim_end().ends_with("OK") && !said.contains("Ran 0 tests"), "{said}");

    stop.send(()).unwrap();
    serving.await.unwrap().unwrap();
}

/// The interpreter of the virtual environment, which is made anew when the requirements have changed.
fn environment() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("python-client");
    let (python, installed) = (folder.join("bin/python"), folder.join("installed.txt"));
    let requirements = Path::new(PYTHON_TESTS).join("requirements.txt");
    let wanted = fs::read_to_string(&requirements).unwrap();
    if fs::read_to_string(&installed).is_ok_and(|installed| installed == wanted) {
        return python;
    }
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder));
    run(Command::new(&python)
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"])
        .arg(&requirements));
    fs::write(installed, wanted).unwrap();
    python
}

#[track_caller]
fn run(command: &mut Command) {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}: install python3 and python3-venv"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {}{said}", String::from_utf8_lossy(&output.stdout));
}

/// An RGB image as PNG, its rows stored without compression (RFC 2083, RFC 1950, RFC 1951).
fn gradient(width: u32, height: u32) -> Vec<u8> {
    let mut rows = Vec::new();
    for y in 0..height {
        rows.push(0);
        rows.extend(
            (0..width)
                .flat_map(|x| [(x * 255 / width) as u8, (y * 255 / height) as u8, ((x ^ y) & 0xff) as u8]),
        );
    }
    let mut zlib = vec![0x78, 0x01];
    let blocks: Vec<&[u8]> = rows.chunks(0xffff).collect();
    for (index, block) in blocks.iter().enumerate() {
        zlib.push(u8::from(index + 1 == blocks.len()));
        let length = block.len() as u16;
        zlib.extend(length.to_le_bytes());
        zlib.extend((!length).to_le_bytes());
        zlib.extend(*block);
    }
    let (a, b) = rows.iter().fold((1_u32, 0_u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    zlib.extend((b << 16 | a).to_be_bytes());

    let mut header = [width.to_be_bytes(), height.to_be_bytes()].concat();
    // 8 bits a sample, RGB, and the only methods of compression, filtering and interlacing that matter here.
    header.extend([8, 2, 0, 0, 0]);
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, data) in [(b"IHDR", &header[..]), (b"IDAT", &zlib[..]), (b"IEND", &[])] {
        png.extend((data.len() as u32).to_be_bytes());
        let chunk = [kind, data].concat();
        png.extend(&chunk);
        png.extend(crc32(&chunk).to_be_bytes());
    }
    png
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(
            crc ^ u32::from(*byte),
            |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 },
        )
    })
}
