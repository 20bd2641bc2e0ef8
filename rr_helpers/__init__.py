"""Shared helpers of the evaluation book of Rescue and Response.

Rooms, in the only order in which they may import one another, lowest first::

    (errors | processes) < results < study < (stats | networks | qualitative)
           < disclosure < report < publish < cli

Rows about people live in `study`; only `disclosure` turns them into something that may be shown.
"""

__version__ = "0.1.0"
