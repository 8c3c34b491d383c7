/** A message as it is shown: it begins with a capital where it begins with a word, and not with a name of the program. */
const words =
  /^(?:a|an|the|this|that|it|its|no|not|nothing|there|all|every|each|what|more|only|some|none|layers?|weights|gradients?|shapes?|parameters?|inputs?|outputs?|ran|shapes|thrown|expected|keyword|several|two|three)(?=[ ,:])/;

export function asSentence(message: string): string {
  return words.test(message) ? message[0]!.toUpperCase() + message.slice(1) : message;
}
