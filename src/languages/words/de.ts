/** The commonest words of "de". Written by tools/scripts/languages/write-common-words.ts. */
export const WORDS =
	"der und in die er von den mit im wurde des dem als zu für auf das ist an sich war bei eine nach sie ein zum " +
	"am auch bis aus gegen einem einer einen über nicht unter es durch wird ersten seiner beim hatte um sind wie " +
	"vor wurden wechselte zwei de seine of vom aber seinen zur spielte nur wo jedoch werden ihn kam dass später km " +
	"noch sein konnte ihm dieser seinem oder waren sowie ab dann drei gewann erste bereits wieder etwa man " +
	"zwischen gab hat m dort zurück anderem diese diesem liegt übernahm seit mehr nahm statt ihr erhielt führte " +
	"ihre während dabei eines erstmals hier ins beiden erzielte befindet da erneut erreichte ihrer arbeitete neuen " +
	"zusammen dessen ging stand vier damit haben heute kehrte the zunächst alle anderen eingewechselt sehr " +
	"ebenfalls schrieb so denen selben zog bekannt schließlich seines trat allem diesen folgte gehörte gibt große " +
	"sechs erschien erst fünf i jeweils ließ rund stammt weitere zweite absolvierte dritten gelang gewählt keine " +
	"knapp letzten sehen unterschrieb zweiten fand ihren musste schloss unterlag weiter worden allerdings dieses " +
	"einige hinter nachdem selbst stellte weiteren zuvor and begann deren produziert zehn erfolgte letzte sei teil " +
	"verlor was wegen anschließend darauf findet folgenden gefährdet immer schon spielt u veröffentlicht a blieb " +
	"eingesetzt gemeinsam gilt kommt neue ohne setzte südlich verbreitet andere aufgrund besiegte gehört hinaus " +
	"neben sollte spielen startete verbrachte verließ wobei basiert ehe ehemaligen innerhalb insbesondere " +
	"insgesamt kommen konnten kurz mehrere stark tätig verschiedenen verwendet beendete besonders besuchte brachte " +
	"danach davon folgten ihrem können neu schied sieben soll somit sondern spielten steht südlichen ursprünglich " +
	"verpflichtet veröffentlichte westlich benannt besteht bezeichnet gedreht kamen nördlich trainierte verliehen " +
	"acht aufgenommen ausgeliehen ausgestrahlt bestritt bevor daher darunter dazu eigene entwickelte ernannte " +
	"erstes fast gespielt gleichen handelt lange nahe neuer produzierte sowohl verläuft verpasste vorgesehen " +
	"welche zahlreiche aktiv besetzt bildet dies dritte eher entlang größten lang lebt lediglich nominiert rechten " +
	"späteren viele östlich überwiegend allen antrat befinden beide belegte beteiligt bzw deutlich eigenen einigen " +
	"einzige entfernt entstanden erreichen erstreckt fanden gelegenen genannt großen gründete kann machte " +
	"politischen sah scheiterte sogar stammen teilweise traf umfasst van zudem abgelöst alten ausschließlich " +
	"beeinflusst beispielsweise bestehen damaligen daraufhin do entlassen entstand erfolgreich finden führt ganz " +
	"gegenüber gestellt gingen gleichnamigen h habe hohen ihnen ihres junge la leben meisten nahezu nun stieg " +
	"verloren verpflichtete verschiedene wenige wenn wollte zeigt al aller ausgewählt berufen besten ca dar " +
	"debütierte";
