"""The command `jumpstart`: one module for each command, none of which knows more than how to read
its options, call the package and print.

Exit status: 0 done, 1 checked and wrong, 2 bad input; in the last two cases one line on stderr says
why. Libraries that take longer to load than a command takes to run are imported by the command.
"""

from collections.abc import Sequence

import typer

from jumpstart.cli import (
    allot,
    apply,
    audit,
    claim,
    demo,
    draw,
    lint,
    page,
    passes,
    plan,
    publish,
    replay,
    review,
    safe,
    serve,
    settle,
    snapshot,
    status,
    terms,
    tree,
    verify,
    verify_page,
    verify_receipt,
)
from jumpstart.errors import JumpstartError

app = typer.Typer(
    help="A token sale on an EVM chain in which every figure can be recomputed by anyone.",
    add_completion=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("allot", epilog=allot.EXAMPLE)(allot.allot)
app.command("apply", epilog=apply.APPLY_EXAMPLE)(apply.apply)
app.command("audit", epilog=audit.EXAMPLE)(audit.audit)
app.command("claim", epilog=claim.EXAMPLE)(claim.claim)
app.command("demo", epilog=demo.EXAMPLE)(demo.demo)
app.command("draw", epilog=draw.EXAMPLE)(draw.draw)
app.command("lint", epilog=lint.EXAMPLE)(lint.lint)
app.command("page", epilog=page.EXAMPLE)(page.page)
app.command("plan", epilog=plan.EXAMPLE)(plan.plan)
app.command("publish", epilog=publish.EXAMPLE)(publish.publish)
app.command("replay", epilog=replay.EXAMPLE)(replay.replay)
app.command("resume", epilog=apply.RESUME_EXAMPLE)(apply.resume)
app.command("review", epilog=review.EXAMPLE)(review.review)
app.command("safe", epilog=safe.EXAMPLE)(safe.safe)
app.command("serve", epilog=serve.EXAMPLE)(serve.serve)
app.command("settle", epilog=settle.EXAMPLE)(settle.settle)
app.command("snapshot", epilog=snapshot.EXAMPLE)(snapshot.snapshot)
app.command("status", epilog=status.EXAMPLE)(status.status)
app.command("terms", epilog=terms.EXAMPLE)(terms.terms)
app.command("tree", epilog=tree.EXAMPLE)(tree.tree)
app.command("verify", epilog=verify.EXAMPLE)(verify.verify)
app.command("verify-page", epilog=verify_page.EXAMPLE)(verify_page.verify_page)
app.command("verify-receipt", epilog=verify_receipt.EXAMPLE)(verify_receipt.verify_receipt)
app.add_typer(passes.app, name="pass")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command, by default the one on the command line, and returns its exit status."""
    try:
        return app(arguments, prog_name="jumpstart", standalone_mode=False) or 0
    except JumpstartError as error:
        _complain(str(error))
        return error.exit_status
    except typer.TyperException as error:
        _complain(f"{error.format_message()} (jumpstart --help shows what there is)")
        return 2


def _complain(message: str) -> None:
    typer.echo(f"jumpstart: {' '.join(message.split())}", err=True)
