import type { Keys } from './keys';
import type { Language } from './languages';
import { possessive, type Person } from './speakers';

export interface ForeignFact { readonly fact: string; readonly keys: Keys }
interface Pattern { readonly pattern: RegExp; readonly attribute: string; readonly exclusive: boolean }

const place = "(\\p{Lu}[\\p{L}'-]+(?: (?:de |del |la |am |sur )?\\p{Lu}[\\p{L}'-]+)*)";
const name = "(\\p{Lu}[\\p{L}'-]+(?: \\p{Lu}[\\p{L}'-]+)?)";
const thing = "((?:[\\p{L}'-]+ ){0,2}[\\p{L}'-]+)(?=\\s*(?:[.,;!]|$| und | y | et | e ))";
const make = (source: string, attribute: string, exclusive: boolean): Pattern => ({ pattern: new RegExp(source, 'u'), attribute, exclusive });

/** Only whole, unmistakable statements; everything else in these languages is left out rather than mangled. */
const patterns: Readonly<Partial<Record<Language, readonly Pattern[]>>> = {
  es: [
    make(`(?:^|[\\s,.!])[Mm]e llamo ${name}`, 'name', true),
    make(`(?:^|[\\s,.!])[Vv]ivo en ${place}`, 'home_city', true),
    make(`(?<!no )\\b[Mm]e (?:gusta|encanta)n? (?:mucho )?(?:el |la |los |las )?${thing}`, 'likes', false),
    make(`\\b[Ss]oy alérgic[oa] (?:al? |a la |a los |a las )${thing}`, 'allergy', false),
  ],
  de: [
    make(`(?:^|[\\s,.!])[Ii]ch heiße ${name}`, 'name', true),
    make(`(?:^|[\\s,.!])[Ii]ch (?:wohne|lebe) (?:jetzt )?in ${place}`, 'home_city', true),
    make(`(?:^|[\\s,.!])[Ii]ch (?:mag|liebe) (?!es|das|dich|kein|nicht)${thing}`, 'likes', false),
    make(`(?:^|[\\s,.!])[Ii]ch arbeite (?:bei|für) ${name}`, 'employer', true),
  ],
  fr: [
    make(`\\b[Jj]e m['’]appelle ${name}`, 'name', true),
    make(`\\b[Jj](?:['’]habite|e vis) (?:à|en|au) ${place}`, 'home_city', true),
    make(`\\b[Jj]['’](?:aime|adore) (?!pas)(?:beaucoup )?(?:le |la |les |l['’])${thing}`, 'likes', false),
  ],
  it: [
    make(`\\b[Mm]i chiamo ${name}`, 'name', true),
    make(`\\b(?:[Vv]ivo|[Aa]bito) a ${place}`, 'home_city', true),
  ],
  pt: [
    make(`\\b[Mm]e chamo ${name}`, 'name', true),
    make(`\\b[Mm]oro em ${place}`, 'home_city', true),
  ],
  ja: [
    make('(?:^|。|、)私は([^。、がはを]{1,12})が(?:大)?好きです', 'likes', false),
    make('(?:^|。|、)私は([^。、がはを]{1,12})に住んでい', 'home_city', true),
    make('私の名前は([^。、がはを]{1,12})です', 'name', true),
  ],
  zh: [
    make('我(?:住在|现在住在)([^。，！的不]{1,10})(?=[。，！]|$)', 'home_city', true),
    make('我(?:很|最|非常)?喜欢([^。，！的不你吗]{1,10})(?=[。，！]|$)', 'likes', false),
    make('我叫([^。，！的不吗]{1,8})(?=[。，！]|$)', 'name', true),
  ],
};

/** “No vivo en …”: the statement is denied just before it. */
const denied = /(?:^|[^\p{L}])(?:no|não|non|nunca)\s*$/iu;

const worded = (person: Person, attribute: string, value: string): string => {
  switch (attribute) {
    case 'name': return `${possessive(person.name)} name is ${value}.`;
    case 'home_city': return `${person.name} lives in ${value}.`;
    case 'allergy': return `${person.name} is allergic to ${value}.`;
    case 'employer': return `${person.name} works for ${value}.`;
    default: return `${person.name} likes ${value}.`;
  }
};

/** English facts from statements in other languages; the value stays in the words it was said in. */
export function foreignFacts(text: string, language: Language, person: Person): readonly ForeignFact[] {
  if (/[?？]\s*$/.test(text)) return [];
  return (patterns[language] ?? []).flatMap(({ pattern, attribute, exclusive }) => {
    const match = [...text.matchAll(new RegExp(pattern.source, 'gu'))].find(each => !denied.test(text.slice(0, each.index + each[0].search(/[\p{L}]/u))));
    const value = match?.[1]?.trim();
    return value === undefined || value === '' ? [] : [{ fact: worded(person, attribute, value), keys: { attribute, value: value.toLowerCase(), exclusive } }];
  });
}
