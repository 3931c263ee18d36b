// The phone's memory: one IndexedDB. Whatever belongs together is written in one transaction, strictly.
const NAME = "counterpoint-rounds";
const STORES = { meta: "name", outbox: "key", photos: "digest", mine: "place", refused: "key" };

let opening;

export function open() {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      for (const [store, keyPath] of Object.entries(STORES)) request.result.createObjectStore(store, { keyPath });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opening;
}

const asked = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

// work(stores) may await requests of these stores only; the promise settles when all is on the disk.
export async function transact(names, mode, work) {
  const database = await open();
  const transaction = database.transaction(names, mode, { durability: "strict" });
  const finished = new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error ?? new Error("aborted"));
  });
  const stores = {};
  for (const name of names) {
    const store = transaction.objectStore(name);
    stores[name] = {
      get: (key) => asked(store.get(key)),
      all: () => asked(store.getAll()),
      put: (value) => asked(store.put(value)),
      remove: (key) => asked(store.delete(key)),
    };
  }
  let result;
  try {
    result = await work(stores);
  } catch (problem) {
    try {
      transaction.abort();
    } catch {
      // it has ended already
    }
    await finished.catch(() => {});
    throw problem;
  }
  await finished;
  return result;
}

export const read = (names, work) => transact(names, "readonly", work);
export const write = (names, work) => transact(names, "readwrite", work);

export async function meta(name, fallback = null) {
  return read(["meta"], async ({ meta: store }) => (await store.get(name))?.value ?? fallback);
}

export async function remember(name, value) {
  return write(["meta"], ({ meta: store }) => store.put({ name, value }));
}

// Ask the browser to keep the memory also when space is short; Safari forgets pages that are not installed.
export async function persist() {
  try {
    return (await navigator.storage?.persisted?.()) || (await navigator.storage?.persist?.()) || false;
  } catch {
    return false;
  }
}
