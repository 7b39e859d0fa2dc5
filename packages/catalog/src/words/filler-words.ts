/**
 * Verbs, adverbs and adjectives that state no topic, in their forms. They hardly count in the match score. The indexes rank
 * better without this list: it costs 0.006 MRR on the tuning half.
 */
export const FILLER_WORDS = `add added adding adds agree agrees ahead allowed allowing allows anywhere appeared
    appears around asked asks automatically available avoid avoids became becomes becoming believe believes
    besides bought breaks brings broke broken brought building builds built buys called calling calls came cannot
    carried carries catch catches caught changed changes check checking checks chooses chose chosen comes coming
    consider considers contains continue continues correctly covers created creates creating cuts decided decides
    deciding declare declares define defines defining delete deletes describe describes develops did die dies
    directly does doing done draws eat eats elsewhere ensure ensures everywhere expects expensive explain explains
    falling falls fancy feels fell felt finds followed follows forbid forbids found freely gave gets getting given
    gives giving goes going gone got gotten grew growing grown grows handles handling happens hear heard hears
    held helping helps hit hits holds hope hopes however include includes itself keeping keeps kept known knows
    lead leads leaves let lets letting like lists live lives looked looks loses lost made mainly makes making many
    may meets met might more mostly moved moves myself needed needs neither nicely offer offers opened opens
    others ought ourselves paid passed passes paying pays per plain plus prevents previous proper properly provide
    provides providing puts raise raised raises reached reaches read reading reads receives removes require
    required requires return returns rise rises rising rose safe safely said sat saw seeing seems seen sees
    sell sells serves sets setting shall should showed showing shown shows similar simple simply sit sits slowly
    sold somewhere sort speak speaks specific spend spends spent spoke stands started starts stayed stays stood
    stopped stops store stores taken takes taking themselves therefore thinks thought took tried tries
    trying turns twenty understands unless unlike used useful uses using various via view viewing views walks
    wanted wants watched watches went whereas within worse write writes written wrote yourself`
