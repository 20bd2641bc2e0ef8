"""Networks of organisations: from ties and attendances to measures, by period, each with its n.

`ties` and `two_mode` make networkx graphs (a dict of them where a period is named); every other
function takes a graph or such a dict, and says what the boundary was and who answered. Rows name
organisations: sum up by sector or role before anything is shown.
"""

from rr_helpers.networks.brokerage import brokerage, brokerage_share
from rr_helpers.networks.build import ties, two_mode
from rr_helpers.networks.centrality import centrality
from rr_helpers.networks.chance import curveball, shuffle_attendance
from rr_helpers.networks.communities import communities
from rr_helpers.networks.cores import core_periphery
from rr_helpers.networks.describe import describe_network
from rr_helpers.networks.estimates import network_estimates
from rr_helpers.networks.fragmentation import fragmentation, key_players
from rr_helpers.networks.handover import brokerage_change, ties_after_brokerage
from rr_helpers.networks.mrqap import mrqap
from rr_helpers.networks.periods import compare_periods
from rr_helpers.networks.projection import project
from rr_helpers.networks.qap import qap_correlation
from rr_helpers.networks.resemblance import resemblance
from rr_helpers.networks.robustness import leave_one_out, missing_bounds
from rr_helpers.networks.sectors import ei_index

__all__ = [
    "brokerage",
    "brokerage_change",
    "brokerage_share",
    "centrality",
    "communities",
    "compare_periods",
    "core_periphery",
    "curveball",
    "describe_network",
    "ei_index",
    "fragmentation",
    "key_players",
    "leave_one_out",
    "missing_bounds",
    "mrqap",
    "network_estimates",
    "project",
    "qap_correlation",
    "resemblance",
    "shuffle_attendance",
    "ties",
    "ties_after_brokerage",
    "two_mode",
]
