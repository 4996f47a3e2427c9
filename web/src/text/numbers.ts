// How our three languages write and count whole numbers. Intl knows it too, but making its first formatter and its first
// plural rule takes a phone a tenth of a second while the page comes alive; it is asked only for what is rare here.

type Habit = { separator: string; digitsGrouped_min: number; isOne: (n: number) => boolean; hasMany: boolean };

const HABITS: Readonly<Record<string, Habit>> = {
  "pt-PT": { separator: "\u00a0", digitsGrouped_min: 5, isOne: (n) => n === 1, hasMany: true },
  "pt-BR": { separator: ".", digitsGrouped_min: 4, isOne: (n) => n <= 1, hasMany: true },
  en: { separator: ",", digitsGrouped_min: 4, isOne: (n) => n === 1, hasMany: false },
};
const MANY = 1_000_000;   // "Um milhão de espectadores".

export function number(locale: string, n: number): string {
  const habit = HABITS[locale];
  if (!habit || !isCount(n)) return intl(numberStyles, locale, () => new Intl.NumberFormat(locale)).format(n);
  const digits = String(n);
  return digits.length < habit.digitsGrouped_min ? digits : digits.replace(/\B(?=(\d{3})+$)/g, habit.separator);
}

export function pluralOf(locale: string, n: number): string {
  const habit = HABITS[locale];
  if (!habit || !isCount(n)) return intl(pluralRules, locale, () => new Intl.PluralRules(locale)).select(n);
  if (habit.isOne(n)) return "one";
  return habit.hasMany && n > 0 && n % MANY === 0 ? "many" : "other";
}

function isCount(n: number): boolean {
  return Number.isSafeInteger(n) && n >= 0 && !Object.is(n, -0);
}

const numberStyles = new Map<string, Intl.NumberFormat>();
const pluralRules = new Map<string, Intl.PluralRules>();

function intl<T>(made: Map<string, T>, locale: string, make: () => T): T {
  let one = made.get(locale);
  if (!one) made.set(locale, (one = make()));
  return one;
}
