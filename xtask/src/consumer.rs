//! A project outside the tree that uses the installed library, built by everything that should.
//!
//! `tests/consumer` is copied to a temporary directory together with the installed tree (moved, so
//! that a path baked in shows) and built by hand with four compilers, with CMake's pkg-config
//! module and with meson, shared and static; once more with meson and this repository as a
//! subproject. Each program is run and its output compared. Lastly the tree meson installs is
//! compared with ours. The acceptance program and its many link lines stand in `acceptance.rs`.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{ensure, Context, Result};

use crate::install::{self, Layout};
use crate::pkgconfig;
use crate::proc::CommandExt as _;
use crate::report::Tally;
use crate::workshop::Workshop;

const LIMIT: Duration = Duration::from_secs(30);

/// A directory outside the tree, gone when the stage is over.
struct Outside {
    dir: PathBuf,
}

impl Outside {
    fn new() -> Result<Self> {
        let name = format!("mainspring-consumer-{}", std::process::id());
        let dir = std::env::temp_dir().join(name);
        fs::create_dir_all(&dir).with_context(|| format!("creating {}", dir.display()))?;
        Ok(Self { dir })
    }
}

impl Drop for Outside {
    fn drop(&mut self) {
        // What cannot be removed stays in the directory for temporary files, where it harms nobody.
        let _ = fs::remove_dir_all(&self.dir);
    }
}

/// The consumer's copy of the project and of the installed tree.
struct Consumer<'a> {
    shop: &'a Workshop,
    project: PathBuf,
    prefix: PathBuf,
}

/// Needs a filled stage.
pub fn run(shop: &Workshop) -> Result<Tally> {
    let outside = Outside::new()?;
    let consumer =
        Consumer { shop, project: outside.dir.join("project"), prefix: outside.dir.join("moved") };
    copy_tree(&shop.root.join("tests/consumer"), &consumer.project)?;
    copy_tree(shop.stage(), &consumer.prefix)?;

    let mut tally = Tally::default();
    consumer.by_hand(&mut tally);
    consumer.refusals(&mut tally);
    consumer.built_for_glib(&mut tally);
    consumer.with_cmake(&mut tally);
    consumer.with_meson(&mut tally);
    consumer.with_subproject(&mut tally);
    check(&mut tally, "meson installs the same tree", || meson_tree(shop, &outside.dir));
    Ok(tally)
}

fn check(tally: &mut Tally, name: &str, test: impl FnOnce() -> Result<()>) {
    tally.check(name, test().map_err(|error| format!("{error:#}")));
}

impl Consumer<'_> {
    /// A tool run in the project, which sees the moved tree where users are told it is.
    fn tool(&self, words: &[&str]) -> Command {
        let mut command = Command::new(words[0]);
        command
            .args(&words[1..])
            .current_dir(&self.project)
            .env("PKG_CONFIG_PATH", self.prefix.join("lib/mainspring/pkgconfig"))
            .env("LD_LIBRARY_PATH", self.prefix.join("lib"));
        command
    }

    fn build(&self, words: &[&str]) -> Result<()> {
        let mut command = self.tool(words);
        let finished = command.finish()?;
        finished.success().with_context(|| command.line()).map(drop)
    }

    /// Runs a program the project has built and compares what it says.
    fn expect(&self, program: &str, expected: &str) -> Result<()> {
        self.said(&mut self.tool(&[&format!("./{program}")]), expected)
    }

    fn said(&self, program: &mut Command, expected: &str) -> Result<()> {
        let said = program.finish_within(LIMIT)?.success()?;
        let expected = fs::read_to_string(self.project.join(expected))?;
        ensure!(
            said.stdout == expected && said.stderr.is_empty(),
            "{} said\n{}{}instead of\n{expected}",
            program.line(),
            said.stdout,
            said.stderr
        );
        Ok(())
    }

    fn by_hand(&self, tally: &mut Tally) {
        let c = ("loop.c", "expected-c.txt");
        let cxx = ("exception.cc", "expected-cxx.txt");
        let cxx17 = ("-std=c++17 callbacks.cc", "expected-callbacks.txt");
        let warnings = "-Wall -Wextra -Wpedantic -Werror";
        let flags = "$(pkg-config --cflags --libs glib-2.0)";
        let static_flags = "$(pkg-config --static --cflags --libs glib-2.0)";
        let programs = [
            ("gcc", c),
            ("clang", c),
            ("g++", cxx),
            ("clang++", cxx),
            ("g++", cxx17),
            ("clang++", cxx17),
        ];
        for (compiler, (source, expected)) in programs {
            for (options, flags) in [
                ("-O2", flags),
                ("-O0 -fno-pie -no-pie", flags),
                ("-static", static_flags),
                ("-static -Wl,--gc-sections", static_flags),
            ] {
                let line = format!("{compiler} {warnings} {options} {flags} {source} -o by-hand");
                check(tally, &line, || {
                    self.build(&["sh", "-c", &line])?;
                    self.expect("by-hand", expected)
                });
            }
        }
        check(tally, "asking for both pkg-config files", || {
            let own = self.prefix.join("lib/pkgconfig");
            let line = format!(
                "PKG_CONFIG_PATH=$PKG_CONFIG_PATH:{} && export PKG_CONFIG_PATH && \
                 gcc $(pkg-config --cflags --libs mainspring glib-2.0 mainspring) loop.c -o both",
                own.display()
            );
            self.build(&["sh", "-c", &line])?;
            self.expect("both", "expected-c.txt")
        });
        check(tally, "asking for gthread-2.0", || {
            let line = "gcc $(pkg-config --cflags --libs gthread-2.0) loop.c -o threads";
            self.build(&["sh", "-c", line])?;
            self.expect("threads", "expected-c.txt")
        });
    }

    /// What stands above GLib is not found, although the system has it, and pkg-config says why.
    fn refusals(&self, tally: &mut Tally) {
        for name in pkgconfig::REFUSED {
            check(tally, &format!("pkg-config refuses {name}"), || {
                for question in ["--exists", "--cflags", "--libs"] {
                    let said =
                        self.tool(&["pkg-config", "--print-errors", question, name]).finish()?;
                    ensure!(!said.status.success(), "{question} finds it");
                    let reason = format!("{name}-is-not-part-of-mainspring");
                    ensure!(said.stderr.contains(&reason), "{}", said.account());
                }
                Ok(())
            });
        }
    }

    /// A program that was built for GLib, and `mainspring check`'s word on it.
    fn built_for_glib(&self, tally: &mut Tally) {
        let folder = self.prefix.join("lib/mainspring/glib");
        check(tally, "a program built for GLib", || {
            let line = "gcc loop.c $(pkg-config --cflags --libs glib-2.0 gthread-2.0) -o for-glib";
            let mut build = self.tool(&["sh", "-c", line]);
            build.env_remove("PKG_CONFIG_PATH").finish()?.success().context(line)?;
            let loaded = self
                .tool(&["./for-glib"])
                .env("LD_LIBRARY_PATH", &folder)
                .env("LD_TRACE_LOADED_OBJECTS", "1")
                .finish_within(LIMIT)?
                .success()?;
            let ours = format!("=> {}/libglib-2.0.so.0", folder.display());
            ensure!(loaded.stdout.contains(&ours), "it loads\n{}", loaded.stdout);
            let mut program = self.tool(&["./for-glib"]);
            self.said(program.env("LD_LIBRARY_PATH", &folder), "expected-c.txt")
        });
        let command = self.prefix.join("bin/mainspring");
        let asks = |program: &str| {
            Command::new(&command).arg("check").arg(program).current_dir(&self.project).finish()
        };
        check(tally, "mainspring check: a covered program", || {
            let said = asks("./for-glib")?.success()?;
            ensure!(said.stdout.starts_with("standalone: yes, with "), "{}", said.stdout);
            let by_name = self.prefix.join("bin/mainspring-check");
            let other =
                Command::new(by_name).arg("./for-glib").current_dir(&self.project).finish()?;
            ensure!(other.success()?.stdout == said.stdout, "mainspring-check says something else");
            Ok(())
        });
        check(tally, "mainspring check: a program that asks for more", || {
            let line =
                "echo 'int main (void) { return g_date_get_day (0) + g_malloc (0) != 0; }' | \
                        gcc -w -x c - -o more -Wl,--no-as-needed -lglib-2.0";
            self.build(&["sh", "-c", line])?;
            let said = asks("./more")?;
            ensure!(said.status.code() != Some(0), "{}", said.account());
            ensure!(said.stdout.contains("./more lacks 1: g_date_get_day\n"), "{}", said.account());
            Ok(())
        });
        for (name, program, reason) in [
            ("nothing", "./none", "./none: no such program"),
            ("a folder", ".", ".: is a directory"),
            ("a text", "loop.c", "loop.c: no ELF file"),
            (
                "a static program",
                "./static",
                "./static: linked statically: it carries its libraries in itself",
            ),
            ("an object file", "./object.o", "./object.o: neither a program nor a shared library"),
        ] {
            check(tally, &format!("mainspring check: {name}"), || {
                let line =
                    "echo 'int main (void) { return 0; }' | gcc -x c - -static -o static && \
                            gcc -c -x c /dev/null -o object.o";
                self.build(&["sh", "-c", line])?;
                let said = asks(program)?;
                ensure!(said.status.code() == Some(2), "{}", said.account());
                ensure!(said.stderr == format!("mainspring: {reason}\n"), "{}", said.stderr);
                Ok(())
            });
        }
    }

    fn with_cmake(&self, tally: &mut Tally) {
        check(tally, "CMake: configure and build", || {
            self.build(&["cmake", "-S", ".", "-B", "cmake"])?;
            self.build(&["cmake", "--build", "cmake"])
        });
        for (program, expected) in [
            ("loop-target", "expected-c.txt"),
            ("loop-variables", "expected-c.txt"),
            ("loop-static", "expected-c.txt"),
            ("exception-target", "expected-cxx.txt"),
        ] {
            check(tally, &format!("CMake: {program}"), || {
                self.expect(&format!("cmake/{program}"), expected)
            });
        }
    }

    fn with_meson(&self, tally: &mut Tally) {
        check(tally, "meson: setup and compile", || {
            self.build(&["meson", "setup", "--wrap-mode=nofallback", "meson"])?;
            self.build(&["meson", "compile", "-C", "meson"])
        });
        self.meson_programs(tally, "meson");
    }

    /// Here nothing is installed: the library comes from the subproject, found without help.
    fn with_subproject(&self, tally: &mut Tally) {
        let alone = Consumer {
            prefix: self.project.join("nothing-installed"),
            project: self.project.clone(),
            shop: self.shop,
        };
        for library in ["shared", "static"] {
            let dir = format!("subproject-{library}");
            check(tally, &format!("meson subproject, {library}: setup and compile"), || {
                alone.link_subproject()?;
                let target_dir =
                    format!("-Dmainspring:cargo-target-dir={}", self.shop.target.display());
                alone.build(&[
                    "meson",
                    "setup",
                    "--force-fallback-for=glib-2.0",
                    &format!("-Dmainspring:default_library={library}"),
                    &target_dir,
                    &dir,
                ])?;
                alone.build(&["meson", "compile", "-C", &dir])
            });
            alone.meson_programs(tally, &dir);
        }
    }

    fn link_subproject(&self) -> Result<()> {
        let link = self.project.join("subprojects/mainspring");
        if !link.exists() {
            fs::create_dir_all(self.project.join("subprojects"))?;
            std::os::unix::fs::symlink(&self.shop.root, &link)?;
        }
        Ok(())
    }

    fn meson_programs(&self, tally: &mut Tally, dir: &str) {
        for (program, expected) in [
            ("loop", "expected-c.txt"),
            ("loop-static", "expected-c.txt"),
            ("exception", "expected-cxx.txt"),
        ] {
            check(tally, &format!("{dir}: {program}"), || {
                self.expect(&format!("{dir}/{program}"), expected)
            });
        }
    }
}

/// Installs with meson and with our own command, as a packager would, and compares the trees.
fn meson_tree(shop: &Workshop, outside: &Path) -> Result<()> {
    let build = outside.join("meson-build");
    let mine = outside.join("by-xtask");
    let theirs = outside.join("by-meson");
    let libdir = "lib/x86_64-linux-gnu";
    install::install(shop, &Layout::new(Path::new("/usr"), libdir)?, Some(&mine))?;

    let steps: [&[&str]; 3] =
        [&["setup", "--prefix=/usr"], &["compile", "-C"], &["install", "--no-rebuild", "-C"]];
    for step in steps {
        let mut meson = Command::new("meson");
        meson.args(step).arg(&build).env("DESTDIR", &theirs);
        if step[0] == "setup" {
            meson
                .arg(&shop.root)
                .arg(format!("--libdir={libdir}"))
                .arg(format!("-Dcargo-target-dir={}", shop.target.display()));
        }
        meson.finish()?.success().with_context(|| meson.line())?;
    }
    let (mine, theirs) = (inventory(&mine)?, inventory(&theirs)?);
    for (path, what) in &mine {
        ensure!(theirs.get(path) == Some(what), "{} differs", path.display());
    }
    let extra: Vec<_> = theirs.keys().filter(|path| !mine.contains_key(*path)).collect();
    ensure!(extra.is_empty(), "only meson installs {extra:?}");
    Ok(())
}

/// What a tree holds under a path.
#[derive(Debug, PartialEq, Eq)]
enum Item {
    Link(PathBuf),
    File { mode: u32, bytes: Vec<u8> },
}

fn inventory(root: &Path) -> Result<BTreeMap<PathBuf, Item>> {
    let mut items = BTreeMap::new();
    visit(root, &mut |path, item| {
        let below = path.strip_prefix(root)?.to_path_buf();
        items.insert(below, item);
        Ok(())
    })?;
    Ok(items)
}

fn copy_tree(from: &Path, to: &Path) -> Result<()> {
    visit(from, &mut |path, item| {
        let target = to.join(path.strip_prefix(from)?);
        fs::create_dir_all(target.parent().context("no parent")?)?;
        match item {
            Item::Link(destination) => std::os::unix::fs::symlink(destination, &target)?,
            Item::File { bytes, mode } => {
                fs::write(&target, bytes)?;
                fs::set_permissions(&target, fs::Permissions::from_mode(mode))?;
            }
        }
        Ok(())
    })
}

fn visit(dir: &Path, each: &mut dyn FnMut(&Path, Item) -> Result<()>) -> Result<()> {
    for entry in fs::read_dir(dir).with_context(|| format!("reading {}", dir.display()))? {
        let path = entry?.path();
        let metadata = path.symlink_metadata()?;
        if metadata.is_dir() {
            visit(&path, each)?;
        } else if metadata.is_symlink() {
            each(&path, Item::Link(fs::read_link(&path)?))?;
        } else {
            let mode = metadata.permissions().mode();
            let bytes = fs::read(&path)?;
            each(&path, Item::File { mode, bytes })?;
        }
    }
    Ok(())
}
