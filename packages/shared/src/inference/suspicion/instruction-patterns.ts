import type { SuspicionKind } from '../../contract/suspicion.ts'

export interface TextPattern {
  kind: SuspicionKind
  pattern: RegExp
}

/** Members of the answer. A legitimate definition does not contain two of them with values. */
const MEMBERS =
  'capabilities|complexity|confidence|search ?phrases|use ?case|abstractions|providers'
const INSTRUCTIONS = 'instructions?|prompts?|directives?|guidelines?|guard ?rails?'
const READER =
  'ai|a\\.i\\.|llm|llms|assistant|chat ?bot|language model|gpt|chatgpt|claude|gemini|reader of this'
const BEFORE = 'previous|prior|above|earlier|preceding|foregoing|former|initial|original|existing'

/**
 * Patterns of instructions to the model, for lower-case text without look-alike letters. None matches the 2,170 public
 * definitions of the evaluation (docs/answers.md).
 */
export const INSTRUCTION_PATTERNS: readonly TextPattern[] = [
  // Overriding earlier instructions.
  instruction(
    `\\b(ignor\\w*|disregard\\w*|forget\\w*|overrid\\w+|overrul\\w+|neglect|bypass|unlearn|discard|drop|violate|abandon|set aside|stop following|(do not|don't|never) (follow|obey)|pay no attention to)\\b[^.;]{0,50}\\b((${BEFORE}|all|any|your|these|those|the) (\\w+ ){0,2}(${INSTRUCTIONS})|(${INSTRUCTIONS}) (above|before|so far|you)|(${BEFORE}) (rules?|text|context|messages?|orders?|content|requests?)|(the|all|any|your|these) (rules?|orders?|text|content) (above|before|of this (chat|conversation|prompt))|all (the )?rules|your rules|everything (above|before|you|else|said|written)|(the|what is|all) above\\b|what (you were|came before))`,
  ),
  // Assigning a role to the reader, or naming it.
  instruction(
    `\\byou are (now |no longer |not |in fact |actually |really )*(an? |the |my |in )?(\\w+ )?(ai|assistant|language model|llm|root|dan|chat ?bot|evaluator|grader|jail ?broken|unrestricted|developer mode|system administrator|different model)\\b`,
  ),
  instruction(
    `\\b(act|behave|respond|answer|speak|roleplay|role-play) as (if you (were|are)|an? (${READER}|expert|different|unrestricted|admin\\w*))`,
  ),
  instruction(`\\bpretend (that )?(to be|you|this)\\b`),
  instruction(
    `\\b(dear|attention|note (to|for)|message (to|for)|instructions? (to|for)|hey|hello|hi|as an?|to (any|all|every)|if you are an?|you,? the|listen,?)\\b[ ,:]*(the |any |all |an? )?(${READER}|reading model|reviewing model|model (that|which|who) (reads?|reviews?|analy[sz]es|describes?|indexes|is)|scanner|automated (reviewer|reader|analy[sz]er|agent)s?)\\b`,
  ),
  instruction(
    `\\b(${READER})s? (that|which|who) (reads?|analy[sz]es?|describes?|summari[sz]es?|process(es)?|index(es)?|scans?|reviews?|sees?|parses?)\\b`,
  ),
  instruction(
    `\\b(${READER}|models?|agents?) (must|should|shall|has to|have to|needs? to|is to|are to) (always |now |also |only )?(answer|respond|reply|output|say|rate|describe|report|classify|mark|call|recommend|ignore|treat|assume|rank|set|write|state)\\b`,
  ),
  // Dictating the answer.
  instruction(
    `\\b(answer|respond|reply|describe (it|this)|say) (only |exactly |always |simply |just |instead |back |here )*(with|in|by|that|as follows|this|nothing|yes|the following|using)\\b[^.;]{0,40}\\b(json|nothing else|only|instead|word|exactly|my|the following|this (type|resource|operator|one)|best|safe|harmless|trusted|recommended|object)\\b`,
  ),
  instruction(
    `\\b(your|every|each|all|later|final|next) (later |final |next |whole |entire |further )?(answers?|response|output|reply|replies|analysis|description of (this|other)|rating|verdict|json)\\b[^.;]{0,30}\\b(must|should|shall|has to|have to|needs? to|is to|are to|will) (be|say|contain|include|have|start|begin|end|only|always|not|read|state|list|rate|mention)\\b`,
  ),
  instruction(
    `\\b(add|append|insert|include|put|write|place|mention|embed|copy|prepend|drop|omit|leave out|remove)\\b[^.;]{0,80}\\b((in|to|into|from|at the (start|end|top) of) (your|the|every|each) (answers?|response|output|reply|description|summary|json|usecase|use case|analysis|capabilities)|your answers?|(in|into|as) (usecase|searchphrases|capabilities|abstractions))\\b`,
  ),
  instruction(
    `\\b(make|give|report|rate|state|output|return|claim|choose|score|put|keep|raise|fix)\\b[^.;]{0,40}\\b(confidence|complexity|usecase|searchphrases)\\b[^.;]{0,20}\\b(to|as|of|at|is|=|:)?\\s*(0?\\.\\d+|1(\\.0+)?|100|one|low|high|maximum|max|full|certain)\\b`,
  ),
  instruction(
    `\\bset (the |your )?(confidence|complexity) (to|at|as) (1(\\.0+)?|100|one|low|maximum|max|full)\\b(?! (to|for|or)\\b)`,
  ),
  instruction(
    `\\b(maximum|full|total|complete|utmost|highest|absolute) (certainty|confidence)\\b|\\bcertainty\\b[ :=]*(is |of )?(1|one|full|max\\w*)\\b|\\bconf\\w*\\s*=\\s*(1|one)\\b|\\bsound (sure|certain|confident)\\b|\\bleave (your |any |all )?doubts? (aside|out)\\b|\\bconfidence (one|full)\\b`,
  ),
  instruction(
    `\\bsearch ?phrases\\s*\\+?[:=]|\\b(usecase|search ?phrases)\\b[^.;]{0,60}\\b(value|normally|starts?|should|must|contains?|ends?)\\b`,
  ),
  // Addressing readers or summarizers of the definition.
  instruction(
    `\\b(reader|readers) of this\\b|\\bwho(ever)?( or whatever)? (is )?read(s|ing)? (this|it|the (text|definition|outline|note))\\b|\\bwhatever is reading\\b|\\bhuman readers?\\b|\\bfor whoever reads\\b|\\b(when|if|while|as) you (summari[sz]e|describe|catalogu?e|index|classify|analy[sz]e)\\b|\\b(people|those|anyone|anybody|whoever|everyone|tools?|assistants?|systems?) (who|that|which)? ?(summari[sz]es?|describes?|catalogues?|catalogs?|index(es)?) (this|these|the (kind|type|text|definition|entry))\\b|\\b(summari[sz]er|describer|annotator|analy[sz]er)s?\\s*:|\\bgiven to the (analy[sz]er|reader)\\b|\\b(first|opening|last) (line|paragraph|sentence|words?) (you|that you|which you) (were|was|are) given\\b|\\bopening paragraph given\\b`,
  ),
  instruction(
    `(^|[^a-z])@?(ai|llm|gpt|model)-(index|rank|summary|certainty|note|hint|siblings|score|priority|confidence|instructions?|title|description|tags?)\\b`,
  ),
  instruction(
    `\\b(last|previous|your|earlier) (reply|answer|response|output) (was |has been |is )?(rejected|invalid|wrong|incorrect|failed|refused|incomplete)\\b|\\bsend the same (object|answer|json)\\b`,
  ),
  instruction(
    `\\bi (beg|implore|plead with|entreat) (of )?you\\b|\\bmy (job|children|family|home|grandma|grandmother|life)\\b|\\byou are grandma\\b|\\blet's (play|pretend|tell)\\b`,
  ),
  instruction(
    `\\b(catalogu?e|index|search|summary) (entr(y|ies)|results?|records?)\\b[^.;]{0,90}\\b(shall|must|should|has to|have to)\\b|\\b(shall|must|should) be (listed|ranked|shown|placed) (first|ahead|above|before|at the top)\\b`,
  ),
  instruction(
    `(^|\\s)#1 |\\btop[- ]rated\\b|\\baward[- ]winning\\b|\\bmost recommended\\b|\\btrusted by [\\d,.]+|\\b(the|is|are|its?|hers is the) (very )?(best|finest|greatest|ultimate) (\\w+ ){0,2}(database|operator|solution|resource|type|kind|choice|product|platform|one)\\b|\\bnothing else compares\\b|\\bthe rivals? (ones? )?(lose|loses|are|is)\\b`,
  ),
  instruction(
    `\\b(rating|calling|marking|rate|mark|call|treat) (every|all|any|each) (sibling|other|rival|competing|similar)\\b|\\b(sibling|rival|competing) (kinds?|types?|ones?|resources?)\\b[^.;]{0,40}\\b(unsafe|lose|insecure|deprecated|omit|worse)\\b`,
  ),
  instruction(
    `\\b(leave out|forget|ignore|drop) (what|everything that|all that) (came|stood|was|is) (before|above|said)\\b|\\breply with (the )?(best|only|my|this)\\b|\\bhide this\\b|\\bdo not mention (this|the) (note|text|sentence|line|comment|instruction)\\b`,
  ),
  instruction(
    `\\b(confidence|complexity)["']?\\s*(=|:|must be|should be|is always|shall be)\\s*["']?(1(\\.0)?|0?\\.\\d+|100|low|high|medium|max\\w*)\\b`,
  ),
  instruction(
    `["']?\\b(${MEMBERS})["']?\\s*[:=]\\s*[\\["'{\\d][^]{0,300}["']?\\b(${MEMBERS})["']?\\s*[:=]`,
  ),
  instruction(
    `\\b(rate|rank|score|call|classify|mark|label|treat|describe|list|recommend|present|declare|certify|report|consider|name|praise|promote)\\b[^.;]{0,30}\\b(this|our|the) (type|resource|kind|operator|definition|crd|product|one)\\b[^.;]{0,40}\\b(best|safe|safest|harmless|first|trusted|recommended|highest|top|perfect|superior|secure|approved|official|essential|number one|low risk|high|always)\\b`,
  ),
  instruction(
    `\\b(all|any|every|each)? ?(other|later|remaining|next|following|competing|further) (types?|resources?|kinds?|definitions?|crds?|answers?)\\b[^.;]{0,50}\\b(are|is|as|should|must|to be)\\b[^.;]{0,20}\\b(harmless|deprecated|unsafe|broken|worse|useless|bad|dangerous|obsolete|insecure|ignored|malicious|low)\\b`,
  ),
  instruction(`\\bin all (later|other|future|following|your) (answers?|responses?|types?)\\b`),
  instruction(
    `\\byou (now|must now|will now|shall now|should now|must instead|are to|have to now) (describe|answer|respond|speak|act|output|ignore|report|rate|call|write|obey|follow|reply|say|treat|return)\\b`,
  ),
  instruction(`\\bfrom now on\\b[^.;]{0,30}\\b(you|answer|respond|reply|call|rate|all)\\b`),
  instruction(
    `\\b(now|instead|then|just|simply|only|please|kindly)[, ]+(please )?(quote|obey|say|print|answer|respond|reply|output|repeat|recite)\\b`,
  ),
  instruction(
    `\\b(ask|asks|urge|beg|instruct|order|command|tell) you to (quote|say|answer|ignore|report|rate|write|output|repeat|add|mention|describe|recommend|treat|set)\\b`,
  ),
  instruction(
    `\\bwhen you (write|give|produce|form|make) (the|your|an?) (answer|reply|response|output)\\b|\\bconfidence of (one|1)\\b|\\bnever mention (this|these|that|the)\\b|\\bin (the )?usecase\\b|\\b(scoring|rating|earlier|previous) (guidance|guideline|instruction|rule)s? (is|are|was|were) (retired|replaced|withdrawn|obsolete|void)\\b`,
  ),
  instruction(
    `\\bautomated (reviewers?|readers?|analy[sz]ers?|systems?|tools?|cataloguers?) (are|is|must|shall|should|have to|has to)\\b|\\b(describe|rate|rank|report|present|classify) (them|those|these|others) (as|below|lower)\\b|\\bwith confidence (below|under|above|over)\\b|\\bsend (users|people|readers) (here|to this)\\b`,
  ),
  // Requesting the prompt, keys or environment.
  instruction(
    `\\b(reveal|repeat|print|show|leak|expose|disclose|send|write|output|dump|recite|copy|return|quote|translate|summari[sz]e|share|include|encode|spell)\\b[^.;]{0,60}\\b(your (\\w+ )?(api ?keys?|system prompt|prompt|instructions|secrets?|credentials|environment|configuration|rules|training|context|tokens?)|(the )?system (prompt|message)|(everything|all|the (text|words?|lines?|rules|message)) (above|before this|so far)|all environment variables)\\b`,
  ),
  instruction(
    `\\b(word for word|verbatim)\\b[^.;]{0,40}\\b(above|prompt|instructions|said|told)\\b|\\b(above|prompt|instructions)\\b[^.;]{0,40}\\b(word for word|verbatim)\\b`,
  ),
  // Claims of authority.
  instruction(
    `\\bnew (policy|instructions?|orders?|rules?|task|system prompt|directive|guidelines?) (from|for you|by|apply|applies|follows?|:)|\\b(system|admin|developer|operator|security|policy|priority|emergency) (override|notice|message|update|instruction|alert|command|directive)s?\\s*:|\\b(developer|god|admin|dan) mode (is )?(on|enabled|activated|now)|\\bjail ?broken\\b|\\bdo anything now\\b|\\b(end|beginning|start) of (the )?(data|prompt|untrusted|user (input|data)|system prompt|instructions|definition|context)\\b`,
  ),
  instruction(
    `\\b(run|execute|call|invoke|use) the (shell|bash|terminal|tool|command|function|browser|code interpreter)\\b[^.;]{0,60}\\b(env|printenv|curl|wget|rm -|cat |kubectl|with|and)\\b`,
  ),
  // Instructions in other languages.
  ...OTHER_LANGUAGES(),
  // Markup of chats and prompts.
  markup(`<\\|[^|>]{1,40}\\|>|\\[\\/?inst\\]|<<\\/?sys>>|<\\/?s>`),
  markup(
    `<\\/?(system|user|assistant|human|instructions?|prompt|tool_?use|tool_?call|function_?calls?|invoke|definition|answer|untrusted|data|context|document|thinking|think|message|role|script|iframe|img|svg|object|embed|style|admin|important)\\b[^>]{0,200}>`,
  ),
  markup(
    `\\[(system|assistant|user|admin|developer|important|end|begin|instructions?|human)\\b[^\\]]{0,30}\\]`,
  ),
  markup(
    `(-{3,}|={3,}|\\*{3,}|_{3,}|~{3,}|#{2,}|>{3,})\\s*(end|begin|start|new|stop)?[ _-]*(of )?[ _-]*(the )?(definition|answer|data|prompts?|instructions?|system|context|untrusted|document|input|user|assistant|human|response|task|question|conversation)\\b`,
  ),
  markup(
    '```+\\s*(json|system|end|answer|instructions?)\\b|```[^`]{0,80}\\b(end of|ignore|answer|system)\\b',
  ),
  markup(`<!--|\\[\\/\\/\\]: *#`),
  markup(
    `\\$\\{jndi:|javascript:|data:text\\/|\\bon(load|error|click|mouseover)\\s*=|constructor\\.constructor|=(hyperlink|importxml|webservice|cmd)\\b`,
  ),
  // Links that exfiltrate data, or that the reader should follow.
  link(`!\\[[^\\]]*\\]\\(\\s*(https?:)?\\/\\/`),
  link(`https?:\\/\\/\\S*[?&]\\w+=(\\{|\\$|<|%7b|secret|key|token|data\\b|your)`),
  link(
    `\\b(curl|wget)\\b[^;]{0,60}https?:\\/\\/|\\b(exfiltrate|upload|post|send|forward|report|leak)\\b[^.;]{0,60}\\b(to|at)\\s+["'(]?(https?:\\/\\/|\\S+@\\S+\\.\\w)`,
  ),
  link(
    `\\b(follow|obey|load|read|execute|apply|fetch)\\b[^.;]{0,30}\\b(instructions?|rules|orders|prompt|policy|commands)\\b[^.;]{0,20}\\b(at|from|on|in|under)\\s+["'(]?https?:\\/\\/`,
  ),
]

/** Chat roles with a colon and a capital letter, at the start of a text or sentence. */
export const ROLE_PATTERN =
  /(?:^|[.!?})\]"'>|]\s+|: )(?:System|SYSTEM|Assistant|ASSISTANT|Human|HUMAN|User|USER|AI|Developer|DEVELOPER)\s?:\s/m

function OTHER_LANGUAGES(): TextPattern[] {
  return [
    // German, Dutch, French, Spanish, Portuguese, Italian, Polish, Turkish.
    instruction(
      `\\b(ignorier\\w*|vergiss|vergessen sie|missachte\\w*|beachte\\w* nicht)\\b[^.;]{0,50}\\b(anweisung\\w*|regeln?|vorgaben?|oben|bisherige\\w*|vorherige\\w*)\\b`,
    ),
    instruction(`\\b(negeer|vergeet)\\b[^.;]{0,50}\\b(instructies|regels|hierboven|vorige)\\b`),
    instruction(
      `\\b(ignore[zr]?|oublie[zr]?|ne (tiens|tenez) (pas|plus) compte)\\b[^.;]{0,50}\\b(instructions|consignes|regles|règles|precedentes|précédentes|ci-dessus)\\b`,
    ),
    instruction(
      `\\b(ignora|ignore|ignoren|olvida|olvide|descarta)\\b[^.;]{0,50}\\b(instrucciones|reglas|ordenes|órdenes|anteriores|previas)\\b`,
    ),
    instruction(
      `\\b(ignore|ignora|esqueca|esqueça|desconsidere)\\b[^.;]{0,50}\\b(instrucoes|instruções|regras|anteriores|acima)\\b`,
    ),
    instruction(
      `\\b(ignora|dimentica|trascura)\\b[^.;]{0,50}\\b(istruzioni|regole|precedenti|sopra)\\b`,
    ),
    instruction(
      `\\b(zignoruj|ignoruj|pomin|pomiń|zapomnij)\\b[^.;]{0,50}\\b(instrukcje|polecenia|zasady|poprzednie)\\b|\\b(talimatlari|kurallari|talimatları|kuralları)\\b[^.;]{0,30}\\b(yok say|unut|gormezden|görmezden)\\b`,
    ),
    instruction(
      `\\b(konfidenz|vertrauenswert|komplexitat|als die beste|andere typen|alles,? was (vorher|oben)|vergiss|antworte)\\b|\\b(confianza|complejidad|la mejor|respuesta) (\\w+ ){0,3}(maxima|siempre|debe|base)|\\b(confiance|complexite|la meilleure|reponse) (\\w+ ){0,3}(maximale|toujours|doit|base)|\\b(confianca|complexidade|a melhor|resposta) (\\w+ ){0,3}(maxima|sempre|deve|base)|\\b(affidabilita|complessita|il migliore|risposta) (\\w+ ){0,3}(massima|sempre|deve)|\\b(pewnosc|najlepsz\\w+|odpowiedz)\\b|\\b(guven|en iyi|yanit)\\b`,
    ),
    instruction(
      `(antworte(n sie)?|responde|repondez|répondez|rispondi|odpowiedz)\\b[^.;]{0,40}\\b(json|nur|solo|uniquement|solamente|mit|con|avec)\\b`,
    ),
  ]
}

/** Words of instructions in rot13 or reversed, several short words in rot13, Morse code, and separated letters. */
export const CIPHER_PATTERN =
  /vtaber|qvfertneq|vafgehpgvba|flfgrz cebzcg|pbasvqrapr|\bnafjre|\berongi|\bdragersid|snoitcurtsni|tpmorp metsys|ecnedifnoc|(?:\b(?:gur|naq|gung|guvf|lbhe|abg|sbe|vg|vf)\b.*){4}|\brot-?13\b|(?:[.-]{1,5} ){6}[.-]|(?:\b[a-z] ){8}/i

/** Languages with non-Latin letters, matched on the original text, because look-alike replacement would change it. */
export const SCRIPT_PATTERN =
  /игнорир\S*|забудь\S*|не (?:следуй|обращай)|указани[ея]|инструкци|правил[аоу]?\b|уверенност|сложность (?:низк|высок)|ответ[еа]?\b|ігноруй|впевненіст|忽略|无视|無視|忘记|忘記|置信度|信頼度|推奨|推荐|推薦|回答|指示を|指令|命令に従|要約|무시|지시|신뢰도|추천|답변|تجاهل|التعليمات|الثقة|أفضل|התעלם|הוראות|ביטחון|अनदेखा|निर्देश|नियम|भरोसा|सबसे अच्छा|αγν[οό]ησε|βεβαιότητα|εντολ|οδηγ[ιί]ες|ละเว้น|คำสั่ง|bỏ qua|hướng dẫn/iu

function instruction(source: string): TextPattern {
  return { kind: 'instruction', pattern: new RegExp(source, 'i') }
}

function markup(source: string): TextPattern {
  return { kind: 'markup', pattern: new RegExp(source, 'i') }
}

function link(source: string): TextPattern {
  return { kind: 'link', pattern: new RegExp(source, 'i') }
}
