/** The commonest words of "it". Written by tools/scripts/languages/write-common-words.ts. */
export const WORDS =
	"di e il la a in del che della un è i per con da si una nel le dei al come più anche delle fu nella non dal " +
	"sono alla gli ad ha ed era suo dalla sua anni tra parte città lo cui dopo comune due ai prima degli ma " +
	"territorio stato o su dove sulla nei secolo dai primo questo provincia uno alle loro venne viene nelle sul " +
	"furono film altri km grande circa sia sud fino tre poi secondo contro essere nord paese quella stesso m " +
	"centro nome serie così stata suoi trova verso alcuni durante sue comuni erano hanno molto quello solo fiume " +
	"guerra quali questa tutti ovest quale finale stagione anno aveva comunale ancora dalle est fine questi aver " +
	"nuovo quando tempo altre seguito volta mentre vita sotto già corso fra inoltre periodo se zona dello modo " +
	"mondo opere particolare quanto vi invece ne punto quindi storia mondiale soprattutto strada dagli lungo però " +
	"primi quasi via sempre stati ebbe gruppo molti titolo tutto negli oltre sistema sulle tutta esempio numero " +
	"nuova può squadra volte abitanti capoluogo progetto proprio spesso causa fatto grandi insieme metà " +
	"popolazione posizione posto regione tutte agli altro presenti senza successo alcune località maggior seconda " +
	"vennero chilometri francese grazie importante confine diverse forma gennaio importanti infatti nazionale " +
	"produzione sarebbe sede situato vista voci attraverso campo fa giorni italiano ogni poco queste successivi " +
	"truppe vengono allora categoria chiesa de governo morte presente quest' s ultimo vicino ci luglio metri " +
	"presenza presso quelli ruolo terza vittoria centrale diversi forze giovane l maggiore noto raccoglie state " +
	"storico ultimi castello cinque divenne generale livello oggi re rispetto stazione tanto termine varie " +
	"versione album allo ben comunque costruzione dato francesi lingua lui maggio meridionale orientale partire " +
	"principale quelle resto tale torrente avevano caso disco famiglia lavoro luogo musica opera perché possibile " +
	"potere principali quattro riguardanti specie stessa stile sviluppo territori valle avrebbe brano canzone " +
	"centri dista fece giocatori gran lago linea molte numerose numerosi of origine padre piano presenta società " +
	"subito successivo sui tipo tratto trovano artisti avuto band base breve carriera col destra diretto direzione " +
	"frazione maestro milioni momento naturale paesi papa prime prodotto record settembre tradizione turno " +
	"tuttavia vicina casa comunità egli far febbraio figlio grado italiani punti realtà secoli settentrionale " +
	"successivamente terra torneo abbia battaglia capitale collega considerato famoso gara genere giugno inglese " +
	"iniziò l' mai nuove ottobre possono precedente propria regista scelta";
