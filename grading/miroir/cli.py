"""The commands behind the Makefile's targets."""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from . import kit, play, report, starters
from .bench import bench
from .build import DEFAULT_BUILD, BuildError, Kernel, Sources, build
from .grade import Request, grade, new_seed
from .i18n import _
from .qemu import make_iso
from .site.build import build as build_site
from .stages import ROOT, Stage, UserError, all_stages, find, find_all

FULL, MISSING, UNABLE = 0, 1, 2  # exit statuses


def _console(record: bool = False) -> Console:
    terminal = report.Page(highlight=False)
    if terminal.is_terminal and not record:
        return terminal
    return report.Page(highlight=False, width=report.WIDTH, record=record)


def _sources(options: argparse.Namespace, stage: Stage) -> Sources:
    for origin in (options.origin, options.base):
        if origin and origin not in ("labs", "solutions") and not Path(origin).is_dir():
            raise UserError(_("There is no folder {folder}.").format(folder=origin))
    if "solutions" in (options.origin, options.base):
        _need_solutions()
    return Sources(stage, options.origin, options.base)


def _build(options: argparse.Namespace) -> Kernel:
    return build(_sources(options, find(options.lab)), options.build, options.make_options)


def _grade(console: Console, request: Request) -> report.Verdict:
    """Grades one stage, and prints what becomes of each check as it comes."""
    teller = report.Teller(console, request.sources.stage, request.sources.origin)
    verdict = grade(replace(request, watch=teller.tell))
    teller.end(verdict)
    return verdict


def command_grade(options: argparse.Namespace) -> int:
    """Grades one stage, several, or all of them."""
    console = _console(record=bool(options.picture))
    stages = find_all(options.lab)
    seed = new_seed() if options.seed is None else options.seed
    verdicts = []
    for stage in stages:
        verdicts.append(_grade(console, Request(
            _sources(options, stage), options.build, seed, tuple(options.only),
            jobs=options.jobs, shrink=options.shrink)))
    if len(verdicts) > 1:
        report.print_scores(console, verdicts)
    if options.picture:
        report.save_picture(console, options.picture, f"make grade LAB={options.lab}")
    return FULL if all(v.full for v in verdicts) else MISSING


def command_build(options: argparse.Namespace) -> int:
    """Builds a kernel and says where it is."""
    kernel = _build(options)
    sys.stderr.write((kernel.folder / "warnings").read_text())
    print(kernel.folder / "kernel.elf")
    return FULL


def command_iso(options: argparse.Namespace) -> int:
    """Builds a kernel and makes a bootable GRUB image of it."""
    kernel = _build(options)
    image = kernel.folder / "miroir.iso"
    make_iso(kernel.path, ROOT / "kernel" / "00-base" / "grub.cfg", image, kernel.programs)
    print(image)
    return FULL


def command_run(options: argparse.Namespace) -> int:
    """Boots a kernel with its console on this terminal."""
    return play.run(_build(options), options.gui, options.monitor)


def command_gdb(options: argparse.Namespace) -> int:
    """Boots a kernel as far as its first instruction, with GDB attached."""
    return play.debug(_build(options))


def _need_solutions() -> None:
    if not (ROOT / "solutions").is_dir():
        raise UserError(_("This is a student's tree: it has no solutions/."))


def command_demo(options: argparse.Namespace) -> int:
    """Grades every reference, prints the scores, boots the kernel by GRUB and plays a tour."""
    _need_solutions()
    console = _console()
    stages, verdicts = all_stages(), []
    for stage in stages:
        request = Request(Sources(stage, "solutions"), options.build, new_seed())
        verdicts.append(_grade(console, request))
    report.print_scores(console, verdicts)
    console.print()
    play.tour(console, build(Sources(stages[-1], "solutions"), options.build), stages)
    return FULL if all(v.full for v in verdicts) else MISSING


def command_bench(options: argparse.Namespace) -> int:
    """Prints what the kernel's operations cost."""
    _need_solutions()
    stages = all_stages()
    kernel = build(Sources(stages[-1], "solutions"), options.build)
    return FULL if bench(_console(), kernel, stages) else MISSING


def command_kit(options: argparse.Namespace) -> int:
    """Writes the student's tree: everything but the instructor's."""
    if not options.out:
        raise UserError(_("Where to? Give OUT=folder."))
    kit.copy_to(Path(options.out))
    return FULL


def command_starters(options: argparse.Namespace) -> int:
    """Writes labs/ anew from solutions/."""
    _need_solutions()
    for path in starters.write():
        print(path)
    return FULL


def command_handouts(options: argparse.Namespace) -> int:
    """Builds the handouts as a site, and a PDF of each language."""
    print(build_site(options.build))
    return FULL


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="miroir", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")

    def add(name: str, run, sources: bool = True) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=run.__doc__, description=run.__doc__)
        command.set_defaults(run=run)
        if sources:
            command.add_argument("--lab", default="")
            command.add_argument("--from", dest="origin", default="labs")
            command.add_argument("--base", default="")
            command.add_argument("--make-options", default="")
        command.add_argument("--build", type=Path, default=DEFAULT_BUILD)
        return command

    grading = add("grade", command_grade)
    grading.add_argument("--seed", type=int)
    grading.add_argument("--picture", type=Path, help="an SVG file for what is printed")
    grading.add_argument("--jobs", type=int, default=0,
                         help="processes to share the checks out among (default: the cores)")
    grading.add_argument("--no-shrink", dest="shrink", action="store_false",
                         help="take the first sequence that fails, not the shortest")
    grading.add_argument("--only", nargs="*", default=[], metavar="CHECK")
    add("build", command_build)
    add("iso", command_iso)
    running = add("run", command_run)
    running.add_argument("--gui", action="store_true")
    running.add_argument("--monitor", action="store_true")
    add("gdb", command_gdb)
    add("demo", command_demo, sources=False)
    add("bench", command_bench, sources=False)
    add("starters", command_starters, sources=False)
    add("handouts", command_handouts, sources=False)
    add("kit", command_kit, sources=False).add_argument("--out", default="")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; returns the exit status."""
    try:
        options = _parser().parse_args(arguments)
        with report.to_a_reader():
            return options.run(options)
    except UserError as error:
        print(error, file=sys.stderr)
    except BuildError as error:
        print(error.words, file=sys.stderr)
    except OSError as error:
        print(f"{error.filename or 'miroir'}: {error.strerror or error}", file=sys.stderr)
    except KeyboardInterrupt:
        print(_("Interrupted."), file=sys.stderr)
    return UNABLE
