// What a post does with whom: the same rules and the same matching of places as bihuan.ledgers, on the phone.

const STEP =
  /.+?(?:特别行政区|自治区|自治州|自治县|开发区|街道办事处|街道|社区|小区|省|市|盟|州|地区|区|县|旗|镇|乡|苏木|村|组|号楼|号)/gu;
const SPACE = /[\s,，、;；·\-—>/\\|]+/u;
const GRAVEST_FIRST = ["high", "medium", "low"];

// 上海市浦东新区川沙新镇七灶村 → 上海市, 浦东新区, 川沙新镇, 七灶村
export function stepsOf(address) {
  const steps = [];
  for (const part of address.normalize("NFKC").split(SPACE).filter(Boolean)) {
    let at = 0;
    for (const match of part.matchAll(STEP)) {
      steps.push(match[0]);
      at = match.index + match[0].length;
    }
    if (at < part.length) steps.push(part.slice(at));
  }
  return steps;
}

function reaches(fine, coarse) {
  const last = coarse[coarse.length - 1];
  const at = fine.indexOf(last);
  if (at < 0) return false;
  const left = fine.slice(0, at);
  const above = coarse.slice(0, -1);
  const [shorter, longer] = left.length <= above.length ? [left, above] : [above, left];
  return shorter.every((step) => longer.includes(step));
}

const significant = (code) => [2, 4, 6, 9, 12].map((n) => [n, code.slice(n)]).find(([, rest]) => !/[^0]/.test(rest));

function isInside(place, area) {
  if (/^\d{2,12}$/.test(place)) {
    if (!area.code) return false;
    const mine = place.slice(0, (significant(place) ?? [place.length])[0]);
    return mine.startsWith(area.code.slice(0, (significant(area.code) ?? [area.code.length])[0]));
  }
  const steps = stepsOf(place);
  const listed = stepsOf(area.name);
  return steps.length > 0 && listed.length > 0 && reaches(steps, listed);
}

// The gravest listed area that a place lies in, or null.
export function gravest(areas, place) {
  const asked = place.normalize("NFKC").trim();
  if (!asked) return null;
  const met = areas.filter((area) => isInside(asked, area));
  met.sort((a, b) => GRAVEST_FIRST.indexOf(a.level) - GRAVEST_FIRST.indexOf(b.level));
  return met[0] ?? null;
}

const fits = (seen, want) => (Array.isArray(want) ? want.includes(seen) : seen === want);

// The first rule of the table that fits: { action, reason, zh, en, tubes, needs_route }.
export function answer(table, { colour, level, is_starred, is_landing }) {
  const seen = { colour, level: level || "none", is_starred, is_landing };
  const rule = table.rules.find((r) => Object.entries(r.if ?? {}).every(([name, want]) => fits(seen[name], want)));
  return { action: rule.answer, reason: rule.reason, ...table.answers[rule.answer] };
}
