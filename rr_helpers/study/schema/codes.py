"""Lists of coded values that several tables share: value in the data, label for people.

Referral sources and ethnic groups follow the Department for Education's code sets, so that a
borough recognises its own returns. Offering the DfE's codes beside ours costs a crosswalk column.
"""

BOROUGHS = {
    "E09000001": "City of London",
    "E09000002": "Barking and Dagenham",
    "E09000003": "Barnet",
    "E09000004": "Bexley",
    "E09000005": "Brent",
    "E09000006": "Bromley",
    "E09000007": "Camden",
    "E09000008": "Croydon",
    "E09000009": "Ealing",
    "E09000010": "Enfield",
    "E09000011": "Greenwich",
    "E09000012": "Hackney",
    "E09000013": "Hammersmith and Fulham",
    "E09000014": "Haringey",
    "E09000015": "Harrow",
    "E09000016": "Havering",
    "E09000017": "Hillingdon",
    "E09000018": "Hounslow",
    "E09000019": "Islington",
    "E09000020": "Kensington and Chelsea",
    "E09000021": "Kingston upon Thames",
    "E09000022": "Lambeth",
    "E09000023": "Lewisham",
    "E09000024": "Merton",
    "E09000025": "Newham",
    "E09000026": "Redbridge",
    "E09000027": "Richmond upon Thames",
    "E09000028": "Southwark",
    "E09000029": "Sutton",
    "E09000030": "Tower Hamlets",
    "E09000031": "Waltham Forest",
    "E09000032": "Wandsworth",
    "E09000033": "Westminster",
}

SUB_REGIONS = {"north": "North", "east": "East", "south": "South", "west": "West"}

SECTORS = {
    "LA_CSC": "Children's social care",
    "LA_YOS": "Youth offending service",
    "LA_EH": "Early help",
    "LA_ASC": "Adult social care",
    "LA_housing": "Housing",
    "LA_community_safety": "Community safety",
    "police_MPS": "Metropolitan Police",
    "police_other": "Other police forces",
    "BTP": "British Transport Police",
    "education": "Education",
    "health": "Health",
    "CAMHS": "Child and adolescent mental health",
    "probation": "Probation",
    "prison": "Prison",
    "VCS_RR": "Voluntary sector: R&R providers",
    "VCS_other": "Voluntary sector: others",
    "MOPAC": "MOPAC",
    "RR_coordination": "R&R coordination",
    "RR_analyst": "R&R analysts",
    "university": "University",
}

SEX = {"M": "Male", "F": "Female", "other": "Other"}

ETHNICITY = {
    "WBRI": "White British",
    "WIRI": "White Irish",
    "WIRT": "Traveller of Irish heritage",
    "WROM": "Gypsy or Roma",
    "WOTH": "Any other White background",
    "MWBC": "White and Black Caribbean",
    "MWBA": "White and Black African",
    "MWAS": "White and Asian",
    "MOTH": "Any other Mixed background",
    "AIND": "Indian",
    "APKN": "Pakistani",
    "ABAN": "Bangladeshi",
    "CHNE": "Chinese",
    "AOTH": "Any other Asian background",
    "BCRB": "Black Caribbean",
    "BAFR": "Black African",
    "BOTH": "Any other Black background",
    "OOTH": "Any other ethnic group",
    "REFU": "Refused",
    "NOBT": "Information not yet obtained",
}

REFERRAL_SOURCES = {
    "csc": "Children's social care",
    "yos": "Youth offending service",
    "police": "Police",
    "vcs": "Voluntary sector",
    "education": "Education",
    "health": "Health",
    "missing_provider": "Missing or return-home interview provider",
    "probation_prison": "Probation or prison",
    "self_family": "Self or family",
    "rr_analyst": "R&R analyst",
}

DFE_SOURCES = {
    "1A": "Individual: family member",
    "1B": "Individual: acquaintance",
    "1C": "Individual: self",
    "1D": "Individual: other",
    "2A": "Schools",
    "2B": "Education services",
    "3A": "Health services: GP",
    "3B": "Health services: health visitor",
    "3C": "Health services: school nurse",
    "3D": "Health services: other primary",
    "3E": "Health services: accident and emergency",
    "3F": "Health services: other",
    "4": "Housing",
    "5A": "Local authority: social care",
    "5B": "Local authority: other internal",
    "5C": "Local authority: other external children's",
    "5D": "Local authority: other external",
    "6": "Police",
    "7": "Other legal agency",
    "8": "Other, including voluntary",
    "9": "Anonymous",
    "10": "Unknown",
}

INDICATORS = {
    "missing": "Missing or found out of area",
    "money": "Unexplained money or belongings",
    "phones": "More than one phone, or many calls",
    "drugs": "Found with drugs",
    "injuries": "Injuries",
    "debt": "Debt",
    "exclusion": "Exclusion or absence from school",
    "associates": "Older or new associates",
    "behaviour": "Change of behaviour",
    "weapon": "Carrying a weapon",
    "address": "Found at a trap or cuckooed address",
    "travel": "Train tickets or taxis",
    "gang": "Association with a gang",
    "sexual_harm": "Sexual harm",
    "self_harm": "Self-harm or low mood",
    "threats": "Threats to the family",
}

CONTEXTS = {
    "home": "Home",
    "peer": "Peer group",
    "school": "School, college or work",
    "neighbourhood": "Neighbourhood",
    "online": "Online",
}

SAFETY_CONTEXTS = {
    "home": "Home",
    "school": "School, college or work",
    "neighbourhood": "Neighbourhood",
    "transport": "Travel and transport",
    "online": "Online",
    "friends": "With friends",
}

ROLE_BANDS = {
    "frontline": "Frontline",
    "manager": "Manager",
    "strategic": "Strategic",
    "analyst": "Analyst",
    "coordinator": "Coordinator",
    "commissioner": "Commissioner",
}

METHODS = {
    "interview_staff": "Interviews with R&R staff",
    "interview_partner": "Interviews with partners",
    "interview_delegate": "Interviews with training delegates",
    "file_vcs": "Case-file reviews, voluntary sector",
    "file_statutory": "Case-file reviews, statutory",
    "panel_observation": "Panel observations",
    "case_review": "Contextual case reviews",
    "survey_text": "Young people's survey, own words",
}

QUESTIONS = {"Q1": "Network", "Q2": "Training", "Q3": "Barriers and enablers", "Q4": "Safety"}
