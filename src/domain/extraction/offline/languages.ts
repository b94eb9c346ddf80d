export type Language = 'en' | 'es' | 'de' | 'fr' | 'it' | 'pt' | 'ja' | 'zh' | 'other';

const stopWords: Readonly<Record<'en' | 'es' | 'de' | 'fr' | 'it' | 'pt', ReadonlySet<string>>> = {
  en: new Set((
    'the a an is are was were i you we they he she it my your and or but to of in on for with that this have has do not be at so me im '
    + 'dont been will would can').split(' ')),
  es: new Set((
    'el la los las un una es soy eres está estoy yo tú mi tu y o pero de en por para con que esto tengo tiene no me gusta vivo llamo '
    + 'muy ayer hoy mañana mis').split(' ')),
  de: new Set((
    'der die das ein eine ist bin bist sind ich du wir sie er es mein meine dein und oder aber zu von in auf für mit dass habe hat '
    + 'nicht sehr gestern heute morgen wohne heiße mag gern').split(' ')),
  fr: new Set((
    "le la les un une est suis es sont je tu nous vous il elle mon ma mes ton et ou mais de du des dans sur pour avec que ce j'ai ai "
    + "pas très hier aujourd'hui demain habite j'habite j'aime m'appelle").split(' ')),
  it: new Set((
    'il lo la gli un una è sono sei io tu mio mia e o ma di in per con che questo ho ha non mi piace molto ieri oggi domani vivo '
    + 'chiamo abito').split(' ')),
  pt: new Set((
    'o a os as um uma é sou eu você meu minha e ou mas de em por para com que isto tenho tem não me gosto muito ontem hoje amanhã moro '
    + 'chamo').split(' ')),
};

/** The language of a turn by its script, then by its function words. Short text without either counts as English. */
export function languageOf(text: string): Language {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  if (letters === 0) return 'en';
  const share = (pattern: RegExp): number => (text.match(pattern)?.length ?? 0) / letters;
  if (share(/[\p{Script=Hiragana}\p{Script=Katakana}]/gu) > 0.1) return 'ja';
  if (share(/\p{Script=Han}/gu) > 0.3) return 'zh';
  if (share(/\p{Script=Latin}/gu) < 0.6) return 'other';
  const words = text.toLowerCase().replace(/’/g, "'").match(/[\p{L}']+/gu) ?? [];
  const score = (language: keyof typeof stopWords): number => words.filter(word => stopWords[language].has(word)).length;
  const english = score('en');
  let best: Language = 'en';
  let most = english;
  for (const language of ['es', 'de', 'fr', 'it', 'pt'] as const) {
    const own = score(language);
    if (own > most && own >= 2) { best = language; most = own; }
  }
  return best;
}
