//! Threads for CPU work: as many as the machine gives us cores, at a lower priority than the threads
//! that answer calls, so that a cached answer does not wait behind a decode.
//!
//! The background has as many threads of its own, at the lowest priority: it uses all cores that nobody else wants, and
//! leaves them within a slice of the scheduler to work that somebody waits for.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, mpsc},
    thread,
};

use super::{gate::Class, parking::Mutex};

/// How much the scheduler prefers other threads to ours; 0 is even, 19 the most. Between these two it gives seven times as
/// much to the one as to the other.
const fn niceness(class: Class) -> i32 {
    match class {
        Class::Interactive => 10,
        Class::Background => 19,
    }
}

/// Codecs recurse little; this is what glibc gives a main thread.
const STACK: usize = 8 << 20;

type Job = Box<dyn FnOnce() + Send>;

/// The threads. They end when this is dropped and their work is done.
#[derive(Debug)]
pub struct Workers {
    interactive: mpsc::Sender<Job>,
    background: mpsc::Sender<Job>,
}

/// The work panicked; the thread lives on.
#[derive(Debug, PartialEq, Eq)]
pub struct Panicked {
    /// What the panic said.
    pub message: String,
}

impl Workers {
    /// Starts `count` threads for each class.
    pub fn new(count: usize) -> std::io::Result<Self> {
        Ok(Self {
            interactive: threads(Class::Interactive, count)?,
            background: threads(Class::Background, count)?,
        })
    }

    /// Gives `work` to the threads of a class. It runs to its end, whoever waits for what it does. Where no thread is left it is dropped.
    pub fn start(&self, class: Class, work: impl FnOnce() + Send + 'static) {
        let job = move || {
            if let Err(panicked) = guarded(work) {
                tracing::error!(panic = panicked.message, "work on a worker's thread panicked");
            }
        };
        let jobs = match class {
            Class::Interactive => &self.interactive,
            Class::Background => &self.background,
        };
        let _ = jobs.send(Box::new(job));
    }
}

fn threads(class: Class, count: usize) -> std::io::Result<mpsc::Sender<Job>> {
    let (jobs, queue) = mpsc::channel::<Job>();
    let queue = Arc::new(Mutex::new(queue));
    let name = match class {
        Class::Interactive => "imaging",
        Class::Background => "background",
    };
    for number in 0..count.max(1) {
        let queue = queue.clone();
        thread::Builder::new().name(format!("{name}-{number}")).stack_size(STACK).spawn(move || {
            yield_to_others(niceness(class));
            loop {
                let job = queue.lock().recv();
                match job {
                    Ok(job) => job(),
                    Err(mpsc::RecvError) => return,
                }
            }
        })?;
    }
    Ok(jobs)
}

/// Runs work and catches its panic. Nothing that it may leave half done is used again.
pub fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, Panicked> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| Panicked { message: said(&*panic) })
}

fn said(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message").to_owned()
}

#[cfg(target_os = "linux")]
fn yield_to_others(niceness: i32) {
    // On Linux a thread's id names the thread alone. Without the right to do it we go on as we are.
    let _ = rustix::process::setpriority_process(Some(rustix::thread::gettid()), niceness);
}

#[cfg(not(target_os = "linux"))]
fn yield_to_others(_niceness: i32) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_caught_and_the_thread_works_on() -> Result<(), Box<dyn std::error::Error>> {
        assert_eq!(
            guarded(|| panic!("bad {}", "bytes")),
            Err::<(), _>(Panicked { message: "bad bytes".into() })
        );
        let workers = Workers::new(1)?;
        workers.start(Class::Background, || panic!("bad bytes"));
        let (sender, received) = mpsc::channel();
        workers.start(Class::Background, move || {
            let _ = sender.send(7);
        });
        assert_eq!(received.recv()?, 7);
        Ok(())
    }
}
