"""The command `rr`: it reads the arguments, calls the rooms, and prints what they say."""

import argparse
import sys
import time
from pathlib import Path

from rr_helpers import __version__
from rr_helpers.errors import UserError
from rr_helpers.processes import usable_cores

EXAMPLES = {
    "templates": "rr templates my-study",
    "synthesise": "rr synthesise build/study --seed 7 --scale 0.5",
    "validate": "rr validate my-study",
    "build": "rr build my-study --window eval_Y3 --out build/report",
    "check": "rr check build/report --study my-study --ledger releases.jsonl",
    "serve": "rr serve build/report",
}


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status: 0 done, 1 refused, 2 not understood.

    A mistake that the user can mend is told in one message; `--debug` adds the traceback.
    """
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except UserError as error:
        if options.debug:
            raise
        print(f"rr {options.command}: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        print(f"rr {options.command}: stopped; nothing half-written was kept", file=sys.stderr)
    except OSError as error:
        if options.debug:
            raise
        place = error.filename or "a file"
        print(
            f"rr {options.command}: {place}: {error.strerror or error}; expected to be able to "
            "read and write there. Check the path, the free space and the permissions.",
            file=sys.stderr,
        )
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="rr",
        description="From a study folder to the annual report of Rescue and Response.",
        epilog="'rr COMMAND --help' explains a command and shows an example.",
    )
    parser.add_argument("--version", action="version", version=f"rr {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    command = _command(commands, "templates", _templates, "write empty workbooks for a study")
    command.add_argument("folder", type=Path, metavar="DIR", help="where to write them")

    command = _command(commands, "synthesise", _synthesise, "write an invented study, to try with")
    command.add_argument("folder", type=Path, metavar="DIR", help="where to write it")
    command.add_argument(
        "--seed", type=int, default=20180701, help="same seed, same study (default: %(default)s)"
    )
    command.add_argument(
        "--scale", type=float, default=1.0, help="how large, 1 being the pilot (default: 1)"
    )

    command = _command(commands, "validate", _validate, "read a study and report every fault")
    command.add_argument("folder", type=Path, metavar="DIR", help="the study folder")
    command.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="where faults.xlsx and the marked workbooks go (default: DIR/faults)",
    )

    command = _command(commands, "build", _build, "build one edition of the report")
    command.add_argument("folder", type=Path, metavar="DIR", help="the study folder")
    command.add_argument(
        "--window",
        action="append",
        required=True,
        help="the reporting window, as named in reference.xlsx; may be given several times, each "
        "edition then in a folder of its own inside --out, named by its window",
    )
    command.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="the folder of the edition"
    )
    command.add_argument(
        "--scope",
        default="london",
        help="whom it is about: london (the default), or a borough's code such as E09000003",
    )
    command.add_argument(
        "--all-boroughs",
        action="store_true",
        help="the briefing of every borough, each in a folder of its own inside --out",
    )
    command.add_argument(
        "--thorough",
        action="store_true",
        help="prove each value of every small count possible: minutes longer, before publishing",
    )

    command.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="CHAPTER",
        help="run this chapter alone and publish nothing (notebooks/q1_network/network); may be "
        "given several times",
    )
    command.add_argument(
        "--draft",
        action="store_true",
        help="the pages alone, with their checks: to work on, not to be handed out",
    )
    command.add_argument(
        "--watch",
        action="store_true",
        help="build a draft again whenever a file is saved, until Ctrl-C",
    )

    command.add_argument(
        "--cluster",
        metavar="ADDRESS",
        help="run the chapters on the workers of a dask scheduler (tcp://node1:8786); the study "
        "must lie in a folder that all of them share",
    )

    command = _command(commands, "check", _check, "check a built edition before it is handed out")
    command.add_argument("folder", type=Path, metavar="DIR", help="the folder of the edition")
    command.add_argument(
        "--study",
        type=Path,
        metavar="DIR",
        help="the study folder, whose identifiers, names and free text are then searched for in "
        "every file, however packed",
    )
    command.add_argument(
        "--ledger",
        type=Path,
        metavar="FILE",
        help="the ledger of releases, against which every file is then held; DIR may also be the "
        "published site, wherever it was copied to",
    )
    command.add_argument(
        "--released-on",
        metavar="DAY",
        help="if nothing is wrong, record in the ledger that the edition is published on this day "
        "(2021-10-01); --study is needed too",
    )

    command = _command(commands, "serve", _serve, "show a built edition in a browser, on loopback")
    command.add_argument("folder", type=Path, metavar="DIR", help="the folder of the edition")
    command.add_argument("--port", type=int, default=0, help="the port (default: a free one)")
    return parser


def _command(commands, name, run, purpose) -> argparse.ArgumentParser:
    command = commands.add_parser(
        name,
        help=purpose,
        description=f"{purpose[0].upper()}{purpose[1:]}.",
        epilog=f"Example: {EXAMPLES[name]}",
    )
    command.add_argument("--debug", action="store_true", help="show the traceback of an error")
    command.set_defaults(run=run)
    return command


# Rooms are imported by the command that needs them, so that --help answers at once.


def _templates(options) -> int:
    from rr_helpers.study import write_templates

    write_templates(options.folder)
    print(f"Empty workbooks lie in {options.folder}. When filled: rr validate {options.folder}")
    return 0


def _synthesise(options) -> int:
    from rr_helpers.study.synthetic import make_study, write_study

    write_study(make_study(seed=options.seed, scale=options.scale), options.folder)
    print(f"An invented study lies in {options.folder}; what was planted in it: truth.json there.")
    return 0


def _validate(options) -> int:
    from rr_helpers.publish import WORDING_RULES
    from rr_helpers.study import format_faults, validate_study, write_faults

    cores = usable_cores()
    validation = validate_study(options.folder, more=WORDING_RULES, processes=cores)
    print(format_faults(validation))
    if validation.faults and options.folder.is_dir():
        out = options.out or options.folder / "faults"
        write_faults(validation, out)
        print(f"The same list, and the workbooks with their cells marked: {out}")
    return int(any(fault.severity == "error" for fault in validation.faults))


def _build(options) -> int:
    from rr_helpers.publish.editions import build_windows, places_of
    from rr_helpers.publish.from_study import build
    from rr_helpers.publish.watch import watch

    places = places_of(options.window, options.out)
    how = {"thorough": options.thorough, "cluster": options.cluster}
    if options.all_boroughs or len(places) > 1:
        _refuse_one_edition_only(options)
        if options.all_boroughs:
            from rr_helpers.publish.boroughs import build_all_boroughs

            build_all_boroughs(options.folder, places=places, **how)
        else:
            build_windows(options.folder, places=places, scope=options.scope, **how)
        return 0
    [(window, out)] = places.items()
    wanted = {"window": window, "scope": options.scope, "out": out}
    if options.watch:
        _refuse_beside_watching(options)
        watch(options.folder, **wanted)
        return 0
    started = time.monotonic()
    done = build(options.folder, **wanted, **how, only=options.only, draft=options.draft)
    if options.only:
        print("Nothing was published; leave --only out to publish")
        return 0
    said = f"Built in {time.monotonic() - started:.0f} s" if done else "Nothing has changed"
    page = (options.out / "site" / "index.html").resolve()
    print(f"{said}. To open the report: double-click {page}")
    return 0


def _refuse_one_edition_only(options) -> None:
    _refuse(
        options,
        ("only", "watch", "draft"),
        found="more than one edition to build",
        expected="one window, without --all-boroughs",
        instead="name one edition",
    )


def _refuse_beside_watching(options) -> None:
    _refuse(
        options,
        ("only", "thorough", "cluster"),
        found="an option that --watch does not go by",
        expected="--watch with a study, a window, a scope and --out",
        instead="build once, without --watch",
    )


def _refuse(options, names: tuple[str, ...], *, found: str, expected: str, instead: str) -> None:
    for name in names:
        if getattr(options, name):
            cure = f"Leave --{name} out, or {instead}"
            raise UserError(place=f"--{name}", found=found, expected=expected, cure=cure)


def _check(options) -> int:
    from rr_helpers.publish.handover import too_heavy
    from rr_helpers.publish.ledger import check_release, record_release

    if options.released_on and not (options.ledger and options.study):
        raise UserError(
            place="--released-on",
            found="a release to record without --ledger or --study",
            expected="a ledger to write in, and a study to check the edition against first",
            cure="Add --ledger FILE and --study DIR",
        )
    problems = []
    if not options.ledger or options.study or (options.folder / "site").is_dir():
        problems += _check_edition(options)
    if options.ledger and not options.released_on:
        problems += check_release(options.folder, options.ledger)
    for problem in problems:
        print(problem)
    if warning := too_heavy(options.folder / "handover.zip"):
        print(f"Warning: {warning}")
    searched = "" if options.study else " (the study was not searched for: give --study DIR)"
    print(f"{len(problems)} problems in {options.folder}{searched}")
    if options.released_on and not problems:
        from rr_helpers.publish.releasing import keep_release
        from rr_helpers.publish.validated import prepare_study

        store = prepare_study(options.study)
        kept = keep_release(options.folder, store, released_on=options.released_on)
        print(f"What later releases must reckon with: {kept}. Keep it with the study")
        entry = record_release(options.folder, options.ledger, released_on=options.released_on)
        print(f"Recorded as release {entry['number']} in {options.ledger}")
    return int(bool(problems))


def _check_edition(options) -> list:
    from rr_helpers.publish.check import check_edition
    from rr_helpers.publish.free_text import free_text_runs
    from rr_helpers.publish.leaks import Sought
    from rr_helpers.publish.plan import read_canaries
    from rr_helpers.publish.validated import prepare_study
    from rr_helpers.study import load_study

    if not options.study:
        return check_edition(options.folder)
    study = load_study(prepare_study(options.study))
    too_short = len(Sought([*study.identifiers(), *study.names()]).left_out)
    print(f"{too_short} codes of the study are too short to be searched for in a page")
    return check_edition(
        options.folder,
        identifiers=study.identifiers(),
        names=study.names(),
        organisations=study.organisation_names(),
        runs=free_text_runs(study),
        canaries=read_canaries(options.study),
    )


def _serve(options) -> int:
    from rr_helpers.publish.serve import serve

    serve(options.folder, port=options.port)
    return 0


if __name__ == "__main__":
    sys.exit(main())
