"""yp_networks.xlsx: networks of young people that were identified, and who belongs to them.

A study may do without. What is published of it are counts; nobody's ties are ever drawn.
"""

from rr_helpers.study.schema.codes import BOROUGHS
from rr_helpers.study.schema.columns import Table, coded, date, identifier, yes_no

BOOK = "yp_networks.xlsx"

yp_network = Table(
    name="yp_network",
    workbook=BOOK,
    row="one identified network of young people",
    key=("network_id",),
    dated="identified_date",
    optional=True,
    columns={
        "network_id": identifier("Network", unique=True),
        "borough_code": coded(
            "Borough where most of it lives; blank where none stands out",
            BOROUGHS,
            missing=("NK", "NA"),
            role="quasi-identifier",
        ),
        "identified_date": date("Day it was identified", required=True, role="measure"),
        "lead_professional": yes_no("Somebody leads on the network as a whole", required=True),
        "mapping_date": date(
            "Day of the meeting that mapped it; blank where there was none", role="measure"
        ),
        "context_response": yes_no(
            "The group, or a place where it meets, had a response of its own", required=True
        ),
    },
)

yp_network_member = Table(
    name="yp_network_member",
    workbook=BOOK,
    row="one young person in one network",
    key=("network_id", "yp_id"),
    subject="yp_id",
    subject_type="young_person",
    optional=True,
    columns={
        "network_id": identifier("Network", refers="yp_network.network_id"),
        "yp_id": identifier("Young person, by the code used in referrals"),
    },
)

TABLES = (yp_network, yp_network_member)
