import { stemWord } from './tokenizer';

/**
 * Everyday concepts: a question about one word of a line may be answered with another (“pets” with “puppy”).
 * Written from general knowledge; a word may stand in several lines. Kept in small, close groups: broad ones match everything.
 */
const LINES = `
family relative parent kid husband wife mom dad sibling household
child children kid son daughter baby toddler boy girl newborn teen teenager
parent mother father mom dad mum mama papa mommy daddy
sibling brother sister twin
grandparent grandma grandpa grandmother grandfather granny
spouse husband wife partner married marriage
relationship dating girlfriend boyfriend partner single breakup married engaged romance love
wedding marriage marry bride groom engaged engagement proposal anniversary honeymoon vow
friend buddy pal friendship mate companion neighbor
support encourage help helpful motivate inspire comfort cheer guidance mentor
pregnant pregnancy birth born due baby expecting
adopt adoption agency foster orphan
pet dog cat puppy kitten hamster turtle rabbit bunny bird parrot fish animal
dog puppy pup breed leash bark canine paw
cat kitten feline paw
animal wildlife bear deer bird elephant lion tiger horse monkey turtle shelter zoo
job work career occupation profession position employ employer employment company office role hire hired salary
fired laid quit resign unemployed layoff lost job
business startup shop store company entrepreneur owner own launch venture customer client brand
boss manager supervisor colleague coworker team staff
promotion promoted raise bonus award recognition
interview resume application apply applied hire offer
project task assignment deadline initiative milestone
school class teacher student lesson course grade classroom learn
university college degree major graduate graduation diploma campus study campus bachelor master phd
education study studying learn course certificate certification training field degree qualification
exam test quiz grade pass score study
field psychology counseling medicine law engineering science art education
book novel read reading author story literature series page library chapter fantasy
write writing writer author poem poetry blog journal diary essay script screenplay
movie film cinema watch watched actor director theater scene trailer screening drama comedy thriller
television tv show series episode season watch netflix
music song band concert album sing singer musician tune melody rock jazz classical pop
instrument guitar piano violin drum flute clarinet saxophone cello trumpet keyboard play
concert gig show live performance stage festival band perform
dance dancing dancer ballet salsa choreography studio hip-hop
art painting paint painter draw drawing sketch canvas artist gallery exhibit sculpture portrait watercolor
craft pottery clay sew knit crochet ceramics handmade woodworking mug bowl pot
photo picture photograph photography camera snapshot image pic shot
game gaming video gamer console playstation xbox nintendo board chess play tournament multiplayer
hobby pastime interest activity leisure enjoy fun relax passion
sport team game match play soccer football basketball tennis baseball hockey volleyball golf league coach
basketball court hoop nba points team
exercise workout gym fitness yoga run running jog lift weights training pilates cardio stretch
run running marathon race jog mile 5k
hike hiking trail mountain climb trek summit peak backpack waterfall
camp camping tent campfire outdoors cabin woods forest
outdoors nature park forest hike beach lake garden fresh scenery
swim swimming pool beach surf surfing ocean wave lake kayak dive snorkel
bike bicycle cycling ride riding motorcycle
ski skiing snowboard snow skate skating
martial karate judo taekwondo boxing kickboxing
water lake river sea ocean beach coast shore
travel trip vacation visit tour journey flight holiday abroad roadtrip adventure getaway explore destination
flight plane airport fly flew airline ticket
country abroad nation home country foreign england france italy spain germany japan china india mexico canada brazil america
city town place area downtown neighborhood village
state california texas florida oregon washington colorado michigan arizona nevada minnesota
europe paris rome london italy france spain barcelona berlin england ireland
place location spot site venue destination visit
move moved relocate moving relocation settle roots hometown origin from
home house apartment condo flat live rent mortgage room place
rent lease landlord tenant apartment
furniture couch sofa table chair bed lamp shelf decor decorate
renovate remodel repair fix build paint upgrade
garden gardening plant flower seed grow vegetable tomato rose yard sunflower bloom
flower rose sunflower lily tulip daisy bouquet
tree leaf oak forest autumn
car vehicle drive drove driving truck van suv engine auto automobile mechanic
transport bus train subway bike commute
accident crash injury hurt injured broken hit damage
food eat meal dish recipe cook cuisine dinner lunch breakfast snack restaurant
cook cooking bake baking recipe kitchen chef ingredient dish meal
dessert cake cookie pie chocolate ice cream sweet pastry candy
drink coffee tea wine beer juice soda smoothie cocktail
restaurant cafe diner eat bistro menu
diet nutrition vegan vegetarian healthy weight calories eat
health healthy doctor hospital illness sick disease medical medicine condition diagnosed diagnosis symptom treatment surgery
doctor nurse hospital clinic appointment checkup physician
injury pain hurt sprain broke ankle knee back fracture surgery
allergy allergic asthma reaction
mental stress anxiety depression therapy therapist counseling counselor burnout cope
stress stressed pressure overwhelmed tough hard busy relax destress unwind calm
sleep tired rest bed nap insomnia
meditation meditate mindfulness yoga breathing calm relax
selfcare self care relax me-time bath spa massage
feel feeling emotion emotional happy sad mood
happy joy excited glad thrilled proud grateful delighted amazing pleased
sad upset cry grief lonely heartbroken depressed down disappointed
afraid fear scared nervous anxious worried worry phobia
angry mad annoyed frustrated upset
proud accomplishment achievement achieve success accomplish win milestone
goal dream plan aspiration hope want aim ambition future wish
plan planning upcoming next soon going thinking intend future
decide decision choose chose choice pick
challenge difficult struggle obstacle hardship hard tough setback problem issue trouble
win won prize award trophy medal champion competition contest place tournament first
lose lost loss miss defeat
death died dead passed pass away funeral lost grief memory
money dollar cost price pay paid expensive cheap budget save savings afford financial finance loan debt invest investment
buy bought purchase shopping shop order got store purchased
sell sold sale market
gift present gave give received surprise birthday got
collect collection collector memorabilia
clothes clothing shirt dress shoe outfit wear fashion jacket hat jewelry
jewelry necklace ring bracelet pendant
symbol symbolize represent meaning mean stand remind reminder
significance meaning special important matter
color colour red blue green yellow purple pink orange black white
religion religious church faith god pray prayer spiritual bible christian temple belief
volunteer volunteering charity donate donation nonprofit homeless shelter fundraiser community service cause
community group club member organization meetup gathering
event conference workshop seminar meeting fair parade festival ceremony gala attend
party celebrate celebration birthday bash gathering festive
holiday christmas thanksgiving halloween easter hanukkah new year
politics political government campaign election vote policy office candidate president
military army soldier veteran navy service marine
law lawyer legal court judge police crime right
environment climate conservation pollution recycle green sustainable sustainability nature
lgbtq gay lesbian transgender trans queer pride gender transition identity
identity gender self transition accept acceptance
rights equality advocacy activism protest march campaign
technology computer software app code coding program programming laptop phone device gadget developer
internet online website social media blog post youtube instagram channel
camera lens shoot equipment gear
science research experiment scientist lab investigate study look
research look looking investigate explore check
language speak spanish french german english italian japanese learn
weather rain sunny storm snow cold hot temperature
disaster flood fire hurricane earthquake storm power outage
night evening tonight sunset star stars
morning sunrise breakfast dawn
stars sky meteor shower astronomy space planet telescope
age old young year born birthday
birthday born age turned cake
nickname name call called named
meet met introduced encounter first know
talk chat conversation discuss call phone tell
teach teacher taught lesson mentor instructor coach
join joined sign signed enroll member start register
start began begin started launch open opened opening
finish finished complete completed end done
stop quit gave end
create make made build built design designed
like love enjoy favorite favourite prefer adore fan
dislike hate
favorite best favourite prefer love
often weekly daily regularly usually always routine everyday habit twice
ago year years since long decade
similar both same common too share
kitchen oven stove appliance cook
toy doll lego play kid
magic wizard fantasy dragon myth
superhero hero marvel comic
personality trait kind caring thoughtful genuine authentic driven describe character
inspire inspired inspiration motivate motivation influence
advice suggest suggestion recommend recommendation tip
letter message email note text
injure hurt accident
visit visited went came see saw
museum exhibit gallery history
theater play stage musical actor acting audition
brand sponsor endorsement deal advertise
tattoo piercing
fishing fish boat sail sailing
`;

export interface ConceptLexicon {
  /** Lexeme → the numbers of the concepts it stands in. */
  readonly conceptsOf: ReadonlyMap<string, readonly number[]>;
  /** Concept number → its lexemes. */
  readonly lexemesOf: readonly (readonly string[])[];
}

function build(lines: string): ConceptLexicon {
  const lexemesOf = lines
    .trim()
    .split('\n')
    .map((line) => [...new Set(line.split(/[\s-]+/).map(stemWord))]);
  const conceptsOf = new Map<string, number[]>();
  lexemesOf.forEach((lexemes, concept) => {
    for (const lexeme of lexemes) conceptsOf.set(lexeme, [...(conceptsOf.get(lexeme) ?? []), concept]);
  });
  return { conceptsOf, lexemesOf };
}

export const EVERYDAY_CONCEPTS: ConceptLexicon = build(LINES);
