// Promises that a lead picks to be moved at once.
export function picking() {}
