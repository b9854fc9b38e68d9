// Who is on the line: their number into the form of a promise, or on to another team.
export function line() {}
