"""Pages from the click tree, with what `prose` adds by hand."""

from __future__ import annotations

import click

from git_cmos.cli.app import COMMANDS, cmos
from git_cmos.cli.line import context_of
from git_cmos.cli.manual import prose
from git_cmos.cli.manual.page import Code, Head, Page, Section, Terms, Text, paragraphs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from git_cmos.cli.manual.page import Block

PROGRAM = "git cmos"
_COLUMNS = 72
_HELP = (
    ("-h", "Say in short how it is used."),
    ("--help", "Show the manual page."),
)


def names() -> list[str]:
    """The commands that have a page."""
    root = context_of(cmos, PROGRAM)
    found = ((name, cmos.get_command(root, name)) for name in cmos.list_commands(root))
    return [name for name, command in found if command is not None and not command.hidden]


def program() -> Page:
    """git-cmos(1)"""
    context = context_of(cmos, PROGRAM)
    brief = "mission state as a function of git history"
    options = " ".join(_options(context))
    synopsis = tuple(f"{name} {options} COMMAND [ARGUMENTS]" for name in (PROGRAM, "cmosctl"))
    rows = tuple((name, COMMANDS[name][1]) for name in names())
    return Page(
        name="git-cmos",
        brief=brief,
        sections=(
            Section("SYNOPSIS", (Code(synopsis),)),
            Section("DESCRIPTION", (*paragraphs(cmos.help or ""), *prose.DESCRIPTION)),
            Section("OPTIONS", (_option_terms(context),)),
            Section("COMMANDS", (Terms(rows), *prose.COMMANDS)),
            Section("EXAMPLES", tuple(_examples(""))),
            Section("TRAILERS", prose.TRAILERS),
            *prose.SECTIONS,
            Section("SEE ALSO", (Text(prose.see_also([f"git-cmos-{name}" for name in names()])),)),
        ),
    )


def command(name: str) -> Page:
    """git-cmos-NAME(1), with all its subcommands"""
    root = context_of(cmos, PROGRAM)
    found = cmos.get_command(root, name)
    assert found is not None  # noqa: S101 - callers take names from the table
    context = context_of(found, name, root)
    leaves = list(_leaves(context))
    sections = [
        Section("SYNOPSIS", (Code(tuple(_synopsis(leaf) for leaf in leaves)),)),
        Section("DESCRIPTION", tuple(paragraphs(found.help or ""))),
    ]
    if isinstance(found, click.Group):
        own = (_option_terms(context),) if found.params else ()
        blocks = [block for leaf in leaves if leaf is not context for block in _told(leaf)]
        sections += [Section("OPTIONS", own)] if own else []
        sections.append(Section("COMMANDS", (*blocks, Text(prose.HELP_EVERYWHERE))))
    else:
        sections.append(Section("OPTIONS", (_option_terms(context),)))
    examples = [block for leaf in leaves for block in _examples(_words(leaf))]
    sections += [Section("EXAMPLES", tuple(examples))] if examples else []
    sections += [Section(*more) for more in prose.MORE.get(name, ())]
    sections += [prose.STATUS, Section("SEE ALSO", (Text(prose.see_also(["git-cmos"])),))]
    return Page(name=f"git-cmos-{name}", brief=_brief(COMMANDS[name][1]), sections=tuple(sections))


def _brief(text: str) -> str:
    return text[:1].lower() + text[1:].rstrip(".")


def _leaves(context: click.Context) -> Iterator[click.Context]:
    """The commands that can be run, in the order of their group; a group that runs by itself is
    one of them."""
    group = context.command
    if not isinstance(group, click.Group):
        yield context
        return
    if group.invoke_without_command:
        yield context
    for name in group.list_commands(context):
        below = group.get_command(context, name)
        if below is not None and not below.hidden:
            yield from _leaves(context_of(below, name, context))


def _words(context: click.Context) -> str:
    return context.command_path.removeprefix(PROGRAM).strip()


def _told(context: click.Context) -> list[Block]:
    """A subcommand on the page of its group."""
    told: list[Block] = [Head(_synopsis(context, short=True))]
    told += paragraphs(context.command.help or "")
    rows = _option_rows(context)
    return [*told, Terms(tuple(rows))] if rows else told


def _synopsis(context: click.Context, short: bool = False) -> str:
    """With every option where that fits onto a line, else with those that must be given."""
    path = _words(context) if short else context.command_path
    full = " ".join((path, *_options(context), *_arguments(context)))
    if len(full) <= _COLUMNS:
        return full
    required = [_option(param, context) for param in _visible(context) if param.required]
    return " ".join((path, *required, "[OPTIONS]", *_arguments(context)))


def _options(context: click.Context) -> list[str]:
    return [_option(param, context) for param in _visible(context)]


def _visible(context: click.Context) -> list[click.Option]:
    params = context.command.params
    return [param for param in params if isinstance(param, click.Option) and not param.hidden]


def _option(option: click.Option, context: click.Context) -> str:
    """`[--limit N]`, `--reason TEXT`, `[--need TEXT]...`"""
    left = _record(option, context)[0].split(", ")[-1].replace(" / ", "|")
    shown = left if option.required else f"[{left}]"
    return f"{shown}..." if option.multiple else shown


def _arguments(context: click.Context) -> list[str]:
    if isinstance(context.command, click.Group):
        return []
    pieces = context.command.collect_usage_pieces(context)
    return [piece for piece in pieces if piece != "[OPTIONS]"]


def _record(option: click.Option, context: click.Context) -> tuple[str, str]:
    """(spellings and value, meaning)"""
    left, right = option.get_help_record(context) or ("", "")
    if isinstance(option.type, click.Choice) and not option.metavar:
        spelt = ", ".join(sorted(option.opts, key=len))
        return f"{spelt} ({'|'.join(map(str, option.type.choices))})", right
    for clumsy, plain in _PLAINER:
        left = left.replace(clumsy, plain)
    return left, right


_PLAINER = (("INTEGER RANGE", "N"), ("FLOAT RANGE", "N"), ("INTEGER", "N"), ("FLOAT", "N"))


def _option_rows(context: click.Context) -> list[tuple[str, str]]:
    return [_record(option, context) for option in _visible(context)]


def _option_terms(context: click.Context) -> Terms:
    return Terms((*_option_rows(context), *_HELP))


def _examples(words: str) -> Iterator[Block]:
    for said, *lines in prose.EXAMPLES.get(words, ()):
        yield Text(said)
        yield Code(tuple(lines))
