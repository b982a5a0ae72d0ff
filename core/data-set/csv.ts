import { DataSetUnreadable } from './failures.ts';

/** Of one row in UTF-16 units: a quote that nobody closes must not read the file into memory. */
const LONGEST_ROW = 1024 * 1024;

/** Where in the text the reader is: what may follow depends on it. */
type Place = 'start' | 'plain' | 'quoted' | 'after-quote';

/**
 * RFC 4180, and nothing beside it: commas, double quotes, rows that end with CRLF or LF. What deviates is refused with
 * its row, since a guess would count one column as another.
 */
export class CsvReader {
  #row: string[] = [];
  #field = '';
  #place: Place = 'start';
  #length = 0;
  #rows = 0;
  /** A carriage return that a line feed has to follow. */
  #returned = false;

  *push(text: string): Generator<string[]> {
    for (const character of text) {
      this.#length += 1;
      if (this.#length > LONGEST_ROW) throw this.#wrong(`is longer than ${LONGEST_ROW} characters`);
      if (this.#returned && character !== '\n') throw this.#wrong('has a carriage return without a line feed');
      if (this.#place === 'quoted') this.#inQuotes(character);
      else if (character === '\n') yield this.#endRow();
      else this.#outsideQuotes(character);
    }
  }

  /** The last row, if the file does not end with a line break. */
  *end(): Generator<string[]> {
    if (this.#place === 'quoted') throw this.#wrong('has a quote that is not closed');
    if (this.#returned) throw this.#wrong('has a carriage return without a line feed');
    if (this.#length > 0) yield this.#endRow();
  }

  #inQuotes(character: string): void {
    if (character === '"') this.#place = 'after-quote';
    else this.#field += character;
  }

  #outsideQuotes(character: string): void {
    if (character === '\r') this.#returned = true;
    else if (character === ',') this.#endField();
    else if (character === '"') this.#quote();
    else if (this.#place === 'after-quote') throw this.#wrong('has text after a closing quote');
    else {
      this.#place = 'plain';
      this.#field += character;
    }
  }

  #quote(): void {
    if (this.#place === 'plain') throw this.#wrong('has a quote within a field that is not quoted');
    if (this.#place === 'after-quote') this.#field += '"';
    this.#place = 'quoted';
  }

  #endField(): void {
    this.#row.push(this.#field);
    this.#field = '';
    this.#place = 'start';
  }

  #endRow(): string[] {
    this.#endField();
    const row = this.#row;
    this.#row = [];
    this.#rows += 1;
    this.#length = 0;
    this.#returned = false;
    return row;
  }

  #wrong(what: string): DataSetUnreadable {
    return new DataSetUnreadable(`CSV row ${this.#rows + 1} ${what}`);
  }
}
