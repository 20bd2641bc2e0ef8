"""What trial notebooks show: any HTML under a valid stamp, so that later gates can be tried."""

from IPython.display import display

from rr_helpers.disclosure.stamp import plain_text, stamp


def show(html, finding=None, kind="Finding"):
    """Display `html` as an output of the report room would be displayed."""
    record = stamp(kind, finding["id"] if finding else "trial", html, finding=finding)
    data = {"text/html": html, "text/plain": plain_text(record)}
    display(data, metadata={"rr": record}, raw=True)
