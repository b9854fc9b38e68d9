// The worker that finds out where boxes stand, so that the page stays free meanwhile.
import { lay } from "./lib/layout.js";

self.onmessage = ({ data }) => self.postMessage({ id: data.id, ...lay(data) });
