"""The usual words of a quotation: any other has to be waived, one by one, by a reviewer.

Written for this project, and so under its licence: everyday English as it is spoken in services,
schools and at home, with the words of this field. What could be a name, a nickname or a place is
left out on purpose even where it is a word too (grace, angel): better to ask once too often.
"""

import re

WORDS = frozenset(
    """
    a abandon abiding ability able about above abroad absence absent absolute absolutely abuse
    abusive academic accept acceptance access accident accommodate accommodation account
    accountability accountable accurate accuse achieve achievement acknowledge across act action
    active activity actual actually adapt add addict addiction addition additional address
    adequate adhd adjust admit adolescence adolescent adopt adult adulthood advance advantage
    adversity advice advise advocacy advocate affect afford afraid after afternoon afternoons
    afterthought afterwards again against age aged agency agenda aggression aggressive ago agree
    agreeing agreement ahead aid aim ain't aint air alarm alcohol alert alienate alive all
    allegation allocate allow almost alone along alongside aloud already alright also
    alternative although altogether always am amazing ambition ambitious ambulance amid among
    amongst amount an analysis analyst and anger angry announce annoy annoyed annual anonymous
    another answer anticipate anxiety anxious any anybody anyone anything anyway anywhere apart
    apologies apologise apology appeal appear appearance appetite application apply appoint
    appointment appreciate approach appropriate approve archive are area aren't arent argue
    argument arise arm around arrange arrangement arrears arrest arrive art articulate as
    ashamed aside ask asleep aspect aspiration assault assertive assess assessment asset assist
    assistance associate associates assume assumption asylum at atmosphere attach attachment
    attack attain attempt attend attendance attention attitude attract audience aunt auntie
    authority autism autistic autonomy autumn available average avoid awake aware awareness away
    awful awkward baby back background backing bad badly bag bags bail bakery balance balcony
    ball ban bando bang bar barber barely barrier base basement basic basically basis bath
    bathroom be beat beaten beautiful became because become bed bedroom bedsit been before
    befriend beg began begin beginning begun behave behaviour behind being belief believe belong
    belonging below bench bend beneath benefit beside besides best bet better between beyond
    bias big bigger biggest bike bind birth birthday bit bite bits black blame blanket bleak
    bleed bless blind block blood blow blue blunt board boat body bold bone book border bored
    boring born borough borrow boss both bother bothered bottle bottom bought bounce bound
    boundary box boxing boy boyfriend brain brave breach bread break breakdown breakfast breath
    breathe brick bridge bridging brief briefing bright brilliant bring brings broad broke
    broken broker brother brother's brought brown browse brush brutal bubble buddy budget build
    building built bully bullying burden bureaucracy burger burn bus business busy but buy by
    bystander cab cafe cake call calm calmer came camera campaign can can't cannot cant cap
    capable capacity captain car card care career careful carefully careless carer carry case
    caseload caseworker cash catch category caught cause caution cautious cctv ceiling celebrate
    central centre century certain certainly chain chair challenge change channel chaos chaotic
    chap character charge charger charity chase chat chats cheap cheaper cheat check cheeky
    cheer chest chicken child child's childhood children children's chill chilled chilling chip
    chips choice choked choose chose chosen chronology church cigarette cinema circle
    circumstance city civil claim clarity class classmate classroom clean cleaner clear clearly
    clever client cliff climb cling clinic clinician clock close closed closely closer closure
    clothes clothing club clue clumsy cluster coach coat code coerce coercion coercive coffee
    cold colder collaborate collaboration collaborative collapse collar colleague collect
    collection collective college colour combine come comfort comfortable coming comment
    commission commit commitment committee common communicate communication community company
    compare compassion compassionate compel competition complain complaint complete completely
    complex compliant complicated comply compromise computer concentrate concern conclude
    conclusion concrete condition conference confidence confident confidential confirm conflict
    confront confuse confused confusing confusion connect connection conscience conscious
    consensus consent consequence consider considerable consistency consistent constant
    constantly consultation contact contain content context contextual continue contract
    contradict contribute contribution control conversation convict conviction convince cook
    cool cooperate coordinate coordination coordinator cope copied copy corner correct corridor
    cos cost cough could couldn't couldnt council counselling counsellor count counter country
    counts county couple courage course court courtesy cousin cover covers covid coz crack crash
    crave craziness crazy create creative credibility credible credit crew crime criminal
    criminalisation criminalise criminalising criminality criminally crisis critical cross crowd
    cruel cry cuckoo cuckooed cuckooing cuff culture cup curious current currently curriculum
    cursing curtain custody custom cut cuz cv cycle dad dad's daddy daily damage dance danger
    dangerous dare dark darker data date daughter day dead deadline deal dealer dealers dealing
    death debate debt decent decide decision decline dedicate dedicated deep deeper deeply
    default defence defend defensive definite definitely definition degree delay delayed
    delegate deliberate deliberately deliver delivery demand demonstrate department depend
    dependent depressed depression deprive describe description deserve design desist desk
    desperate despite destroy detail detained detect detention deter determine develop
    development device did didn't didnt die differ difference different differently difficult
    difficulty digital dignity dinner direct direction directly director dirt dirty disability
    disabled disadvantage disagree disagreement disappear disappoint disappointed disbelief
    disclose disclosure disconnect discourage discover discretion discriminate discrimination
    discuss discussion disengage disgust dismiss dispersal disperse displace disrespect disrupt
    disruption distance distress district disturb divide do doctor document dodgy does doesn't
    doesnt dog doing domestic don't done dont door doorstep double doubt down downgrade
    downstairs draft drag drama draw drawn dread dream dress drift drill drink drip drive driven
    driver drop drove drug drunk dry due dump duplicate during duty dynamic each eager ear
    earlier early earn earshot earth easier easily east easy eat economic edge educate education
    educational effect effective effectively effort either elder electric element eligible else
    else's elsewhere email embarrass embarrassed embarrassing embarrassment emergency emotion
    emotional emotionally empathetic empathy emphasis employ employer employment empower empty
    enable enabler enablers encourage encouragement end endless endure enemy energy enforce
    enforcement engage engagement enjoy enough enquiry enrol ensure enter entire entirely
    entitle entry environment episode equal equally equip er erm error escalate escape
    especially essential establish estate estranged etc ethic ethnic ethnicity ethos evaluation
    even evening event eventually ever every everybody everybody's everyday everyone everyone's
    everything everywhere evict eviction evidence evolve exactly exaggerate exam example excel
    excellent except exchange excite excited exciting exclude excluded exclusion excuse exercise
    exist existing exit expect expectation expensive experience expert expertise explain
    explanation explicit exploit exploitation exploiter explore expose exposure express extend
    extent extort extra extreme extremely eye face facilitate facilitator facility fact factor
    fail failure fair fairly faithfully fall fallen false familiar family fantastic far fashion
    fast faster fat father fault favour favourite fear fearful fearless feature fed feed
    feedback feel feeling feet fell fellow felt female fetch fetching few fewer fields fierce
    fight figure file fill film final finally finance financial find fine finger finish fire
    firm first fist fit fitter fix flag flashback flat fled flee flexibility flexible
    flight float floor flourish flow fly focus folk follow food foot football footstep for force
    forefront foreign forever forget forgive forgot forgotten form formal formally former forth
    fortunate forum forward foster fought found fragile fragmented frame framework free freedom
    freely freer frequently fresh friction fridge friend friendly friends' friendship frighten
    frightened frightening from front frustrate frustrated frustrating frustration fulfil full
    fully fun function fund funding funny further fuss fussed future gain gamble game gang gap
    garden gaslight gate gather gave gcse gear gender general generally generation gentle gently
    genuine genuinely gesture get getting giant gift girl girlfriend give given glad glass
    glimpse go goal goes going gone gonna good goodbye goodwill got gotta gotten govern
    government gp grab grade gradually gran grandad grandma grandmother grandparent grasp
    grateful great green greet grew grey grief grieve grind grip groom grooming ground grounded
    groundwork group grow grown growth gruelling guarantee guard guardian guardianship guess
    guest guidance guide guilt guilty gun gut guy gym habit had hadn't hadnt hair half hall
    hallway hamper hand handcuff handcuffed handing handle handoff handover hang happen happily
    happiness happy harass harbour hard harder hardly hardship harm harmful harsh has hasn't
    hasnt hat hate haunt have haven't havent having he he'd he'll he's head headache headline
    headteacher heal healing health healthy hear heard heart heartbreaking heartbroken heat
    heavier heavy held hell hello help helper helpful helpless helpline her here here's hers
    herself hesitate hi hid hidden hide high higher highlight highly him himself hinder
    hindsight his history hit hmm hold hole holiday home homeless homelessness homework honest
    honestly honesty hoodie hook hoped hopeful hopefully hopeless hopelessness horizon horrible
    horrific hospital host hostel hostile hostility hot hotel hotter hour house household
    housing how how's however hub hug huge human humanise humble humiliate humiliating
    humiliation humour hungry hunt hurry hurt husband i i'd i'll i'm i've id idea ideal
    identifier identify identity idiot if ignore ill illegal illness im image imagine immediate
    immediately immigration impact impartial impatient impede implement importance important
    impossible impress impression improve improvement in inadequate incentive incident include
    including inclusive income inconsistent increase incredible incredibly independence
    independent independently indicate individual indoors inevitable influence inform informal
    information informed inhibit initial initially initiative injure injury innit innocent
    inquiry insecure inside insight insist inspire instance instead instil instinct institution
    instruct insult integrate integrated integrity intelligence intelligent intend intense
    intensive intent intention interest interested interesting internal internet interrupt
    intervene intervention interview interviews intimidate intimidated intimidating intimidation
    into introduce introduction intrude invade invaluable invented invest investigate
    investigation invisible invite involve involvement irrelevant is isn't isnt isolate isolated
    isolating isolation issue it it'd it'll it's item its itself ive jacket jail jargon jealous
    jeopardy jigsaw job join joint jointly joke journey judge judgement judgemental judgment
    juggle jump jumper junior just justice justify keen keep kept key keyworker kick kid kill
    kind kinda kinder kindness kitchen knee knew knife knives knock know knowing knowledge known
    label labelled lack lad lads lady laid land landed landlord landscape lane language lanyard
    laptop large largely last late lately later laugh laughter launch law lawyer lay layer lazy
    lead leader leadership leaflet leak lean learn learner learning learnt least leave leaver
    led left leftover leg legacy legal legitimate length less lesson let let's lets letter
    letterbox level leverage liaise liaison library lie life lifeline lifestyle lift light
    lighter lighting lights like likely likewise limit line lines linger link lip list listen
    listener lit literally little live lives living load loan local locally lock lockdown locks
    logical loneliness lonely long longer look looming loose lose loss lost lot lots loud louder
    loudest loudly lounge lovable love lovely loving low lower loyal loyalty luck lucky lunch
    lunchtime lure luxury lying machine mad made main mainly mainstream maintain major majority
    make makeshift male man manage management manager mandatory manipulate manipulation manner
    many map margin marginal market mash mask mass massive massively master match mate material
    matter mattress mature maturity may maybe me meal mean meaning meaningful means meant
    meantime meanwhile measure mechanism media mediate mediation medical medication meet meeting
    member memory men mental mentality mentally mention mentor mentoring merely mess message met
    method mid middle midnight might mile mind minded mindful mindset mine minimal minimise
    minor minute minuted mirror misery misguided misjudge mislead miss missing mistake mistrust
    misunderstand misunderstood mix mixed mobile model modern moment momentum money monitor
    month monthly mood moody moped moral morale more morning mosque most mother mother's
    motivate motivated motivation motive mouth move moved movement much multi mum mum's mummy
    mums murder music muslim must mustn't mutual mutually my myself mystery nah naive naked name
    nan nana narrative nation national natural naturally nature navigate navigator near nearby
    nearer nearly necessarily necessary neck need needle negative neglect negotiate neighbour
    neighbourhood neither nephew nervous network never new newer news next nhs nice nicely nicer
    nicest niece night nightmare no nobody nobody's nods noise noisy non none noon nope nor
    normal normalise normally north nose not note notebook nothing notice notify now nowhere nrm
    number nurse nursery nurture nurturing obey object objection objective oblige observe
    observed obstacle obvious obviously occasion occasionally occupy odd of off offence offend
    offender offensive offer office officer official officially offload often oh oil ok okay old
    older olders oldest on once one ones ongoing online only onto opaque open opened opener
    openly openness operate operation operational opinion opportunity oppose opposite option or
    ordeal order ordinary organisation organise organised original originally other other's
    others otherwise ought our ours ourselves out outcome outline outlook outreach outright
    outside outsider outstanding over overall overcome overheard overlap overlook overnight
    oversee oversight overwhelm overwhelmed overwhelming owe owed own owner ownership pace pack
    package page paid pain painful paint painted pair palm pandemic panel panic paper paperwork
    parent parenting parents' park part participate participation particular particularly partly
    partner partnership party pass passage passion passionate past pastoral path pathway
    patience patient patiently pattern pause pay payment peace peaceful peculiar peer peers pen
    penalty pension people people's per perceive perception perfect perfectly perform perhaps
    period permanent permanently permission permit perpetrator persist persistence persistent
    person person's personal personality personally perspective persuade phone phoned photo
    phrase physical physically pick picked picture piece pillow pilot pitch pivotal pizza place
    placed placement plain plan planned planning plate platform play player playground plea
    plead please pleased pleasure pledge plenty plug plus pm pocket point pointless poison
    police police's policeman policing policy polite political poor poorer poorly popular
    portion portray position positive positively possess possibility possible possibly post
    potential potentially pound poverty power powerful powerless practical practically practice
    practise practitioner praise pray pre precarious precious predict prefer pregnancy pregnant
    prejudice prepare prepared presence present press pressing pressure pressured presume
    pretend pretty prevent preventative prevention previous previously price pride primary
    principle print prior priority prison prisoner privacy private privately privilege proactive
    proactively probably probation problem procedure proceed process produce product profession
    professional professionally profile profound programme progress progression project prolific
    promise promote prompt prone proof proofread proper properly property proportion
    proportionate propose prosecute prosecution protect protection protective proud prove
    provide provider provision provoke proximity pru psychologist psychology pub public pull
    punch punish punishment pupil purely purpose push pushed put puzzle qualified qualify
    quality quarter question quick quicker quickly quiet quieter quietest quietly quit quite
    quote race racial racially racism racist radio railway raise ramble ran random rang range
    rap rape rapper rapport rare rarely rate rather rationale raw re reach react reaction read
    readily ready real realise realistic reality really reason reasonable reasonably reassurance
    reassure reassured rebel rebuild recall receive recent recently receptive reciprocate reckon
    recognise recognition recommend recommendation reconnect record recording recover recovery
    recruit rectify red redirect reduce reduction refer reference referral referrer reflect
    reflection reflective refocus reform reframe refuge refugee refusal refuse refusing regard
    regardless regional register regret regular regularly rehearse rehoused reinforce reject
    rejection rejoin relapse relate relation relationship relative relatively relax relaxed
    release relentless relevant reliable reliance relief relieve relieved religion relocate
    relocated relocation reluctance reluctant rely remain remand remanded remember remind
    remorse remote remove rent reoffend repair repeat repeatedly repercussion repetitive replace
    reply report reported reprisal reputation request require requirement rescue research resent
    resentment reside residential resilience resilient resist resolve resort resource respect
    respectful respectfully respectfulness respite respond response responsibility responsible
    rest restaurant restless restorative restore restrict restriction result retain rethink
    retraumatise retreat return reunite reveal review reward rewrite rewritten rich richer ride
    ridiculous right ring ripple rise risk risky rival river road robbed robbery robust role
    roll roof room root rope rota rough roughly round route routine row rr rubbish rude ruin
    rule rumour run runaway rung runner running rush sack sad sadder sadly sadness safe
    safeguard safeguarded safeguarding safely safer safest safety said sake salary sale same
    sanction sandwich sat satisfaction satisfied satisfy save saw say scale scare scared scary
    scene sceptical schedule scheme school school's science scooter scope score scratch scream
    screen scrutiny search seat second secondary secrecy secret secretly section sector secure
    security see seek seem seen seize seldom select self sell sen send senior sense sensible
    sensitive sensitively sent sentence sentencing separate separately sequence sergeant series
    serious seriously servant serve service session set setback setting settle settled several
    severe severely sex sexual sexually shadow shake shall shame shan't shape share shared
    sharing sharp she she'd she'll she's shed sheet shelter shield shift shirt shit shock
    shocked shocking shoe shook shoot shop short shorter shot shotting should shoulder shouldn't
    shouldnt shout shouting show shower shown shut shy sibling sick sicker side sideways sight
    sign signal signed significant significantly signpost silence silent silly silo silos
    similar similarly simple simpler simply since sing single sister sit site sitting situation
    size skill skilled skin skip slang slap sleep sleeping slept slide slight slightly slip slow
    slower slowly small smaller smart smash smell smile smoke smooth smoothly sms smuggle snap
    snitch snitching so social socially society sofa soft softer softly sold solely solicitor
    solid solution solve some somebody somehow someone someone's something sometime sometimes
    somewhere son song soon sooner sorry sort sorted soul sound source south space spare speak
    speaker special specialist specific specifically speech speed spell spend spent spiral
    spirit spiritual spit split spoke spoken sport spot spotlight spread spring squad square
    stab stabbed stabbing stability stable staff stage stair stairs stairwell stalk stance stand
    standard standing start starter startle stash state statement station status statutory stay
    steadier steady steal steer stem step stereotype stick stigma stigmatise still stole stolen
    stomach stood stop storage store story straight straightaway straightforward strain strand
    strange stranger strategic strategy stream street strength strengthen stress stressed
    stressful stretch strict stricter strictest strike strong stronger strongly structure
    struggle stuck stuckness student study stuff stunned stupid style sub subject substance
    substantial subtle succeed success successful successfully such sudden suddenly suffer
    suggest suggestion suicidal suicide suit suitable suitcase suite sum summary sun superficial
    supervise supervision supervisor supply support supported supporter supportive suppose
    supposed sure surely surface surprise surprised surprising surround surveillance survey
    survive survivor suspect suspend suspicion suspicious sustain sustainable sustained swear
    sweet swim switch sympathetic sympathy symptom synthetic system systemic systemically table
    tablet tackle tactic tag take takeaway taken talent talk talking tall tangible target task
    taught taunt taxi tea teach teacher team tear tease technical technique technology teen
    teenage teenager teeth telephone television tell temper temple temporary tenancy tend tennis
    tense tension term terrible terribly terrified test text than thank thanked thanks that
    that's thats the their theirs them theme themselves then theory therapeutic therapist
    therapy there there's therefore theres these they they'd they'll they're they've theyd
    theyll theyre theyve thick thin thing think thinking this thorough thoroughly those though
    thought thoughtful thoughts thread threat threaten threatened threatening threshold threw
    thrive throat through throughout throw thrown thus tick ticket tidy tie tied tight tighter
    till time timeline timely times timescale timid timings tiny tip tired tiring title to today
    together toilet told tolerance tolerate tomorrow tone tongue tonight too took tool top topic
    torment torn torture total totally touch touched tough tougher tour toward towards tower
    towers town toxic track tracksuit traction trade tradition traditional traffic traffick
    trafficked trafficker trafficking trail train trained trainer trainers training transfer
    transition translate transparency transparent transport trap trapped trapping trauma
    traumatic traumatised traumatising travel treat treatment tree tremendous trend triage trial
    trick trigger trip trivial trouble troubled trousers true truly trust trusted trusting
    trustworthy truth truthful try tube tune tunes turmoil turn turnover tutor tutoring tutors
    tv twice txt type typical typically ugly uh ultimately um unable unacceptable unaccompanied
    unaware uncertain uncertainty uncle unclear uncomfortable under undergo underlying undermine
    underneath understand understanding understood undertake uneasy unfair unfamiliar unfold
    unfortunately unhappy uniform unintended uninterrupted union unique unit unite united
    university unknown unless unlikely unnecessary unpack unpick unpredictable unravel
    unreasonable unsafe unsettled unstable unsupported unsure until untreated unusual unwanted
    unwell unwilling up upbringing update uphold uplift uplifting upon upper ups upset upstairs
    urban urge urgency urgent urgently us use useable used useful usefully useless user usual
    usually vague validate validation valuable value valued van vanish vape variety various vary
    vast version versus very vet via viable vicious victim victimhood victimise video view
    vigilant village violence violent violently virtual visible visibly vision visit visited
    visitor vital voice voiceless volatile voluntary volunteer vote vulnerability vulnerable
    wage wait waiting wake walk wall wallet wanna want war warden warm warmer warmth warn
    warning wary was wash wasn't wasnt waste watch water wave way ways we we'd we'll we're we've
    weak weaker weapon wear weather website weed week weekend weekly weigh weight weird welcome
    welfare well wellbeing went were weren't werent west wet weve what what's whatever whats
    whatsapp wheel when whenever where where's wheres wherever whether which while whilst
    whisper whispered white whiter who who's whoever whole wholly whom whos whose why wide
    widely wider widespread wife wild will willing willingness win wind window winner wipe wire
    wisdom wise wiser wish with withdraw withdrawal withdrawn withdrew withhold within without
    withstand witness witnessed woke woken woman women won won't wonder wonderful wont wood word
    wore work worker worker's workers workforce working workload workplace workshop workshops
    world worn worried worry worrying worse worst worth worthiness worthless worthwhile worthy
    would wouldn't wouldnt wound wow wrap wrestle wrist write writes writing written wrong wrote
    yard yeah year yell yellow yep yesterday yet you you'd you'll you're you've youd youll young
    younger youngers youngest your youre yours yourself yourselves youth youthful youve
    """.split()
)
# Words by their ending, which are places when written with a capital and often without one.
_PLACES_BY_ENDING = frozenset("barking reading tooting wapping epping notting hastings".split())
_ENDINGS = (
    (r"'s$|s'$", ("",)),
    (r"s$", ("",)),
    (r"es$", ("",)),
    (r"ies$", ("y",)),
    (r"ied$", ("y",)),
    (r"ed$", ("", "e")),
    (r"in[g']$", ("", "e")),
    (r"(.)\1(?:ed|ing)$", (r"\1",)),
    (r"ly$", ("",)),
)


def is_usual(word: str) -> bool:
    """Return True for a word of the vocabulary, or a usual form of one."""
    word = word.casefold().replace("’", "'").strip("'")
    if word in WORDS:
        return True
    if word in _PLACES_BY_ENDING:
        return False
    return any(
        re.sub(ending, stem, word) in WORDS
        for ending, stems in _ENDINGS
        if re.search(ending, word)
        for stem in stems
    )
