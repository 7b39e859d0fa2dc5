/**
 * Everyday English words and "Kubernetes". In a query they carry less information than technical words, even when they
 * are rare in the catalog. Everyday words that also name something in Kubernetes are not in the list.
 */
export const COMMON_WORDS = `able above across actually afternoon again against ago all allow almost alone along already also although always
    among amount another answer anybody anyone anything apart appear arrive ask away back bad because become before begin
    behind belong below beside best better between beyond big bit both bring build busy buy call care carry case cause
    certain chance change cheap choose clear close come common company complain completely contain correct country couple
    cover create current day decide deep different difficult do down draw drop during each early easily easy either else
    empty end enough entire even evening ever every everybody everyone everything exact exactly example except expect
    fact fail fall far fast feel few fill final find fine finish first five follow four free fresh friend front full
    fun further general girl go good great grow guess half hand handle happen hard help here high hold home hour house
    huge human hundred idea important inside instead keep kind know kubernetes k8s large last late later learn least leave
    left less level light list little long look lose lot love low main make man matter mean meet middle mind minute
    moment money month morning most move much must name near nearly need never new next nice night no nobody none
    normal not nothing notice now number off often old once one only open order other otherwise out outside over own
    part pass past pay people perhaps person piece place plan play point possible present pretty prevent probably problem
    program put question quick quickly quite rather reach ready real really reason receive remember remove repeat right
    room round same save say second see seem send set seven several short show side since single six slow small
    somebody someone something sometimes soon special stand start stay still stop strange street strong such suddenly sure
    take talk tell ten thank thing think third though three through throw time today together tomorrow too top toward
    town true try turn twice two under understand until up upon use usual usually very wait walk want warm watch
    way week weekend well whatever whenever where whether while white who whole whom whose why win wish without wonder
    word work world worry wrong yard year yes yesterday yet young`
