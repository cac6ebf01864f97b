/** A question that has no answer here, and whoever asked can do something about it; the message says what. */
export class Refused extends Error {
  override readonly name = 'Refused';
}
