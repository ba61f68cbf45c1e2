// Narrows an answer by what somebody chose, and counts what else there is to choose.

/**
 * `chosen` has a set of values by the name of each facet. Values of one facet add up, facets narrow each other. The
 * counts of a facet's values leave out what was chosen in the same facet: that is how many one would get.
 */
export function narrow(ids, facets, chosen) {
  const chosenOf = ({ name }) => chosen.get(name) ?? new Set();
  const testOf = (facet) => {
    const members = facet.values
      .filter(({ value }) => chosenOf(facet).has(value))
      .map((value) => value.members);
    return chosenOf(facet).size === 0 ? undefined : (id) => members.some((of) => of[id] === 1);
  };
  const tests = facets.map((facet) => ({ facet, test: testOf(facet) })).filter(({ test }) => test);
  const passing = (but) => {
    const others = tests.filter(({ facet }) => facet !== but);
    return others.length === 0 ? ids : ids.filter((id) => others.every(({ test }) => test(id)));
  };
  return {
    ids: passing(),
    facets: facets.map((facet) => ({
      name: facet.name,
      values: countsOf(facet, passing(facet), chosenOf(facet)),
    })),
  };
}

/** Values that would leave something, and those that are chosen; the most frequent first. */
function countsOf({ values }, ids, chosen) {
  return values
    .map(({ value, members }) => {
      let count = 0;
      for (const id of ids) count += members[id];
      return { value, count, isChosen: chosen.has(value) };
    })
    .filter(({ count, isChosen }) => count > 0 || isChosen)
    .sort((a, b) => b.count - a.count);
}
