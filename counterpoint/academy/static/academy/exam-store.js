// What the browser keeps of an exam: the newest answer of each question until the server has acknowledged that very one.
// The database is on the device, so an answer survives a killed browser; without one it lives as long as the page.
const NAME = "counterpoint-exam";
const STORE = "answers";

function opened() {
  return new Promise((done, fail) => {
    const opening = indexedDB.open(NAME, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: ["sitting", "slot"] });
    opening.onsuccess = () => done(opening.result);
    opening.onerror = () => fail(opening.error);
    opening.onblocked = () => fail(new Error("blocked"));
  });
}

function finished(transaction) {
  return new Promise((done, fail) => {
    transaction.oncomplete = () => done();
    transaction.onerror = transaction.onabort = () => fail(transaction.error);
  });
}

export async function openStore() {
  try {
    return new Kept(await opened());
  } catch {
    return new Forgetful();
  }
}

class Kept {
  keeps = true;

  constructor(database) {
    this.database = database;
  }

  async all(sitting) {
    const reading = this.database.transaction(STORE).objectStore(STORE).getAll();
    await finished(reading.transaction);
    return reading.result.filter((one) => one.sitting === sitting);
  }

  async put(row) {
    const writing = this.database.transaction(STORE, "readwrite", { durability: "strict" });
    writing.objectStore(STORE).put(row);
    await finished(writing);
  }

  async drop(row) {
    const writing = this.database.transaction(STORE, "readwrite");
    const store = writing.objectStore(STORE);
    const reading = store.get([row.sitting, row.slot]);
    reading.onsuccess = () => {
      if (reading.result && reading.result.seq === row.seq) store.delete([row.sitting, row.slot]);
    };
    await finished(writing);
  }
}

class Forgetful {
  keeps = false;
  rows = new Map();

  async all(sitting) {
    return [...this.rows.values()].filter((one) => one.sitting === sitting);
  }

  async put(row) {
    this.rows.set(row.slot, row);
  }

  async drop(row) {
    if (this.rows.get(row.slot)?.seq === row.seq) this.rows.delete(row.slot);
  }
}
