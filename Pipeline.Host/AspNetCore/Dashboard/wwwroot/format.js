// Numbers as people read them: three digits with a prefix, whole counts in groups of three, times with the unit that fits.

const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const digits = new Intl.NumberFormat('en', { maximumSignificantDigits: 3, useGrouping: false });
const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0, useGrouping: false });
const prefixes = ['', 'k', 'M', 'G', 'T'];

export const none = '–';

/** 1234567 as 1 234 567, with narrow spaces that do not break. */
export const count = n => n === undefined || n === null ? none : grouped.format(n).replaceAll(',', '\u202f');

/** 8030 as "8.03 k". */
export function short(n) {
  if (n === undefined || n === null) return none;
  let step = 0;
  while (Math.abs(n) >= 999.5 && step < prefixes.length - 1) {
    n /= 1000;
    step++;
  }
  return `${Math.abs(n) >= 100 ? whole.format(n) : digits.format(n)} ${prefixes[step]}`;
}

export const packetRate = r => r ? `${short(r.packets)}pkt/s` : none;
export const bitRate = r => r ? `${short(r.bytes * 8)}bit/s` : none;

export function bytes(n) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let step = 0;
  for (; n >= 1024 && step < units.length - 1; step++) n /= 1024;
  return `${digits.format(n)} ${units[step]}`;
}

export function microseconds(us) {
  if (us === undefined || us === null) return none;
  return us < 1000 ? `${digits.format(us)} µs` : us < 1e6 ? `${digits.format(us / 1000)} ms` : `${digits.format(us / 1e6)} s`;
}

export function seconds(s) {
  if (s < 60) return `${s < 10 ? s.toFixed(1) : Math.round(s)} s`;
  const [h, m, rest] = [Math.floor(s / 3600), Math.floor(s / 60) % 60, Math.floor(s) % 60];
  const two = n => String(n).padStart(2, '0');
  return h > 0 ? `${h}:${two(m)}:${two(rest)}` : `${m}:${two(rest)}`;
}

export const time = iso => new Date(iso).toLocaleTimeString(undefined, { hour12: false });

/** A part of a whole: 0.3 % and not 0 %, where there is any. */
export function percent(part, of) {
  if (!of) return none;
  const p = 100 * part / of;
  return p > 0 && p < 0.01 ? '< 0.01 %' : `${digits.format(p)} %`;
}

/** What was dropped, with every reason: nothing that was lost is left out. */
export function reasons(dropped) {
  if (!dropped || dropped.packets === 0) return '0';
  return `${count(dropped.packets)} (${Object.entries(dropped.reasons).map(([reason, n]) => `${reason} ${count(n)}`).join(', ')})`;
}
