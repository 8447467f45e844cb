/** The commonest words of languages: a text that is full of them is in that language. */

/** By BCP 47 code. Written by tools/scripts/languages/write-common-words.ts. */
export const COMMON_WORDS: Readonly<Record<string, string>> = {
	en:
		"the to a of in and for on is i with you at that it my this was by as are from be have his has an not up will " +
		"he but out me its all your so day one time like said new about their they when after just first who more love " +
		"today over we get or year our were her can been people do had s two what last night back into some than would " +
		"now no she if years know them good off go th which against week see how game don't next got here only best " +
		"much home these there make right before us life quot tonight may most other him could made being world way " +
		"still going work great say also think u little take team want down season should it's because three need " +
		"second win yesterday company even million too tomorrow says many show ever where am look come then always " +
		"morning days end never really b such again during women better through did happy can't family beautiful man " +
		"well another fun weekend long old start government place high control since while via birthday country set " +
		"why any help left between top around favorite big city part group amazing every oil friends ago w play gun " +
		"very won run ready same you're final month announced early school stop those football concert party making " +
		"record free own deal video woman called lol under away four getting things support took girl percent killed " +
		"until third face give wait everyone prices men plans market released few use both found hit thing quarter t " +
		"does already coming amp music looking keep used bad business live doing least state open put software baby " +
		"heart com lead miss news hope largest real photo call half feel friend months security came former series " +
		"billion let m full having st film major based guys guy without fire move service including money victory " +
		"report find five liberals shot sure games makes done talks election name officials hard head might something " +
		"expected times job vote taking thanks war looks later summer court went believe late trying working past pay " +
		"finally white pm coach cut police tell though stocks baseball lost lot post sales side yet change close " +
		"didn't person gets together future number power refugees soon enough phone reported system biggest plan round " +
		"someone house gonna kids needs watch buy space line race",
	de:
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
		"debütierte",
	es:
		"de la en el y que a del los por se con las un una su para al como fue es no ha más lo sus este entre hoy dos " +
		"años sobre también han donde hasta esta millones año desde o parte película le pero está equipo sido durante " +
		"tres may ser temporada presidente primera ya encuentra primer tras ciento después tiene mismo contra otros " +
		"fútbol sin quien e grupo cuando son partido final muy partidos según pesetas uno ciudad había país " +
		"internacional ante junio lugar dijo si era aunque días mientras álbum junto serie así fueron pasado general " +
		"sur mayo otras todos vez antes nuevo países director forma canción club número cuatro porque próximo trabajo " +
		"día ese personas publicado tanto banda mañana dólares horas mayor capital centro juego of tiempo gran " +
		"nacional puede hace jugador segunda unos varios cada todo empresa hay puntos frente norte algunos hizo mundo " +
		"selección semana historia mayoría prensa segundo sólo tuvo fuentes hacia marzo mejor proyecto señaló tarde " +
		"además cinco otra situación cuenta embargo the abril debido misma éxito especie otro septiembre último " +
		"anunció meses están hecho nueva cual estaba explicó política vida acuerdo goles mercado mes nombre portavoz " +
		"problemas será carrera caso esa fin momento total estas gol julio obra poco público solo agosto ahora " +
		"empresas enero haber hacer internacionales resto español puesto tienen últimos estos gobierno música programa " +
		"siendo través zona actual ellos entrenador estadounidense informó primeros seis título versión basado cerca " +
		"espera afirmó diciembre dio ministro nivel oeste oficial partir siempre última diez estado familia ganó llegó " +
		"medio octubre pesar siguiente bajo debe grupos i medios metros él cambio campaña descrita importante jornada " +
		"jugadores menos sector tercer aún estudio luego muchos noviembre podría principal zonas bien diferentes etapa " +
		"euros ex febrero media secretario sencillo veces ayer canciones contrato críticas producción relación río " +
		"compañía especial finales indicó joven les proceso reunión unas algunas aseguró consejero diversos entonces " +
		"española estuvo libre lista población sino sistema tener apoyo cabo cantante casa fuerzas jugar libro minutos " +
		"participación respecto servicios tan tenía ambos basada comenzó encuentro estar líder manera muerte nuevas " +
		"obras ocasiones profesional recordó siglo titular casi colaboración convirtió dentro desarrollo disco década " +
		"francés fuera gira habitantes iniciativa isla ni objetivo región sitio temporadas técnico actor añadió " +
		"derechos ella jugado jugó kilómetros localidad padre posición productos regional sea semanas servicio " +
		"televisión varias acciones aumento cuyo dicho habían incluye información juicio medidas miembros mujeres " +
		"municipal previsto",
	fr:
		"de la et le à en du des les est au par dans il un pour une sur a avec son qui que se sa plus sont été aux ses " +
		"comme pas film elle deux ce ne fait mais même lui d'un saison également d'une ou lors où entre après premier " +
		"cette alors contre ville notamment aussi première nord dont ont qu'il pays avant jeu sud ans monde série " +
		"communes ainsi face groupe depuis leur avoir fois fut suite football nationale puis très partie sous finale " +
		"temps y carrière titre deuxième fin place s cours rencontre était sorti trois avait ces tour hockey joueur " +
		"nom plusieurs club devient l'équipe sans autres national réalisé ensuite français match on rôle président " +
		"troisième vers être mondiale of début mois nouvelle victoire encore grand tout trouve joue part quelques " +
		"région succès bien ci ils l'histoire n'est ouest tant année celui chanson durant l'est américain contrat " +
		"guerre lieu album c'est dernier moins non termine chez nouveau père remporte tard tous but jusqu'à peut " +
		"politique poste américaine années finalement forme l'ouest mort nombreuses peu s'est tête celle grande s'agit " +
		"soit souvent afin devant faire quatre selon autre marque niveau olympiques passe pendant record roi " +
		"réalisateur étant britannique capitale dernière l'album millions partir produit près surtout the îles chaque " +
		"d'autres espèce famille française n'a parmi qu'elle reste équipe bat chef doit jour l'un matchs points signe " +
		"suivante territoire vie villes cinq compte déjà exemple joueurs l'année point premiers prend production " +
		"rejoint sera située tournage connu d'ailleurs grâce jours langue leurs long meilleur nommé projet saisons " +
		"seul sortie annonce champion d'altitude eu km milieu min numéro population px rapidement seconde si campagne " +
		"championnat cinéma commune célèbre demi dès environ frère général jeune kilomètres l'île mer nombre obtient " +
		"olympique pouvoir province qu'une raison retour second six version vit voix écrit évolue aurait bande car " +
		"critiques donc décembre effet films gauche jamais l'une l'époque là musique position principal principalement " +
		"épisode ancien atteint beaucoup certains chaîne compatriote critique gouvernement jeux laquelle participe " +
		"présence redirection scène semaines sélection toujours and blessure commence derrière donne décide furent in " +
		"juin ligne m moyenne médaille nombreux particulier populaire publié période retrouve rivière roman royaume " +
		"réalise scénario seule tournoi toutes von zone ailleurs albums autour avril buts cause cependant d'or d'été " +
		"d'être double frontière grandes habitants lequel mai meurt militaire originaire sort tandis toute vidéo " +
		"actuellement al an basé bonne canal cela cinquième construction d' dit",
	it:
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
		"iniziò l' mai nuove ottobre possono precedente propria regista scelta",
	nl:
		"de van in het en een is op met zijn te voor dat hij die werd was door aan als niet naar ook er uit om maar " +
		"bij tot ze nog over wordt worden zich of deze dan jaar meer heeft onder al eerste andere dit werden had hun " +
		"hebben zou na twee komt geen tegen waren wat ik wel veel grote haar je soort waar zoals tussen e hem kunnen " +
		"deel kwam nu stad jaren we zo nieuwe kan weer ligt tijdens tijd alle eeuw echter enkele ten later men naam " +
		"mensen toen vooral alleen omdat goed komen maken ging staat land laatste zelf leven af speelde moet zal zij " +
		"drie eerst plaats steeds één bekend kon samen seizoen zelfs kreeg maakte aantal daar keer moeten terug werk " +
		"tweede gebruikt finale gaan gemeente wil gebied waarin begin kleine miljoen won zonder doen dus eigen groot " +
		"hier landen weg zouden enige hadden vier minder toch verschillende wereld begon gaat hele maanden zeer album " +
		"belangrijke belangrijkste binnen der grootste mee moest rond toe film mijn ongeveer elkaar genoemd heel " +
		"procent altijd geweest heb iets net ons u vaak gemaakt laten per zien bleef dag hoe vanaf via augustus " +
		"inwoners krijgen lang mij nam oude sinds vijf volgens frank i zuiden band koning opnieuw snel staan verder " +
		"goede langs nooit onze uiteindelijk uur vanuit vele bijvoorbeeld gebruik geleden hoofdstad slechts wedstrijd " +
		"bijna echt gaf gebouwd huidige kinderen m man meeste oktober president ter the vorm waardoor zo'n derde einde " +
		"hen jonge kwamen meest meter rol soorten steden vrouwen waarvan werken wie zowel club contract delen doet " +
		"even grens groep kilometer maakt meteen niets pas september sommige volgende week wilde zegt achter beste " +
		"dagen eiland juli km lange moment nemen noorden nummer oorlog stuk weet beter dorp eens eind leger macht " +
		"mogelijk name stond want water wedstrijden zoon bestaan bestaat daarna eerder erg geeft gehouden manier " +
		"muziek opgevolgd politieke regio rivier terwijl trainer and beide blijven gedaan la nieuw partij schreef " +
		"speelt speler succes vinden anders bevindt bevolking duidelijk eigenlijk euro geld halve hetzelfde hoofd juni " +
		"kust lid loopt programma provincie regering tien titel vervolgens vormen weinig zeker zie zullen bedrijf boek " +
		"gebouw geven gisteren hoofdplaats konden liet lijn minister niveau onderzoek sterk tekende totaal volledig " +
		"vond vrij woord a buiten daarvan deed den elke familie geheel geschreven gespeeld gevonden gewonnen geworden " +
		"gingen helemaal internationale invloed kans opgenomen paar periode verscheen vindt westen",
	pl:
		"w i na z się do roku jest przez od a był oraz ją został jego nie o m po to tym jako także który latach km in " +
		"za dla że de miejsce jak jej tego również jednak ze została gdzie pod lat miasta była go miasto przy zespołu " +
		"później miejscowości kwietnia nad stanie wsi znajduje co która maja tej marca of czerwca pierwszy są też we " +
		"grupy były którego podczas r było część zachód czy ur wieku zespół czasie skład zajął nim wieś które on ten " +
		"zm ale dwa miał ponad sierpnia części już ma sezonie udział ich którym lutego następnie raz samym tu tylko " +
		"wraz dwóch jednym sołectwa aktor album np ok zdobył mieszkańców mieście około prowincji wówczas których linii " +
		"mu tych tys wschód grudnia klubu kraju nr stycznia św lub nich przed serialu miejscu p rzeki zostały której " +
		"miastem miejscowość pierwszej gdy lata niego października pierwszym swoją takich amerykański e gminy karierę " +
		"listopada miała n początku położona tam turnieju województwie wydany wystąpił bardzo biskup być filmie filmu " +
		"jeden klub koniec lipca meczu natomiast południowy razem terenie wiele kierunku między obecnie pomiędzy " +
		"pracował pt reprezentacji serii siedzibą skoczni von byli centrum członkiem drodze drużyny głównie innych " +
		"kiedy powiecie północ rolę rozpoczął swoim wchodzi września występował aby częścią drugi klasyfikacji leży " +
		"nazwę okresie ponownie południe rzeką stacji tak the trzech urodził wszystkich wyniku życia aktorka danych " +
		"dwie funkcję grał innymi którą niej nowy partii pochodzi swojego typu tzw wcześniej zaś świata drugim " +
		"dzielnicy jedynie nawet państwa pobliżu powodu północy reż rzeka samego sezonu spędził stacja swoje swojej " +
		"swój syn te terytorium u wersji wojny występuje and ang bez celu czas często dni dopiero gminie historii je " +
		"jeszcze ludzi mecze medal mieszkał może można należy niż nowo ojciec pierwszego północny stanu stał stolicą " +
		"stronie styczniu ta telewizyjny trzy zawodnikiem zmarł znalazł śmierci albumu ani czasu czele drugiej gmina " +
		"jednego klubie kolejowa ks którzy la nazwa ojca otrzymał pełnił pierwszych podium poprzez pracę prowadził " +
		"przebiega przeniósł północno regionu swoich trafił utworu wszystkim zawodach brat cztery czym członków droga " +
		"film firma głosów hrabstwie końca książę meczów miast objął obserwował osób prawa prof rodzina rok roli " +
		"rozegrał rozgrywa studia tutaj tę według wielu wybrany zachodniej zespołem zostało albumie d'arrest diecezji " +
		"dnia dokonał drużyna dzięki granicy grupą im kilku krajowej lecz lidze meczach mm najbardziej obiekt odcinków " +
		"odkrył okręgu osiągnął podpisał potem poza pozycji płyty razy stolicy synem wojewódzka wojska wschodu wydana " +
		"wygrał y",
	pt:
		"de a e o do da em que com na para no se uma um os por é como foi dos mais as ao sua cidade das à pelo seu não " +
		"município também pela ser são nos entre anos região norte era ou maior parte foram até km seus mas sul grande " +
		"países país tem sendo onde ano sobre nas século área outros primeiro rio suas durante ele está mesmo concelho " +
		"estado ainda i freguesia mundo aos capital fronteira nome apenas muito oeste às álbum dois já leste cidades " +
		"encontrada quando vez população primeira após desde municípios the depois habitantes pelos local governo ter " +
		"alguns então duas final hoje sido três of outras segundo todos cerca filme mil além estava contra eram forma " +
		"milhões pessoas qual seguintes início partir principal sede este havia portuguesa distrito período através " +
		"categoria origem época bem centro guerra principalmente esta exemplo grandes há passou primeiros tornou vida " +
		"atual devido década poder presidente principais sem vários assim lugar território banda enquanto muitos pode " +
		"posição tinha estão história pelas dia entanto grupo influência sudoeste tempo toda várias cultura fim " +
		"lançado maiores número produção província regiões cinco disso língua numa obra possui tarde tendo vezes antes " +
		"metros série termo terra todo algumas ilha jogo quilômetros sudeste teve construção contém importantes " +
		"incluindo jogos lado maioria mar novo papel pouco páginas sob terras têm conhecido fez importante longo " +
		"noroeste quase quatro ela especialmente faz imperador melhor muitas música ponto segunda temporada acesso and " +
		"cada começou conta desenvolvimento diversas eles encontra esse ex exército família imigrantes limitado " +
		"nordeste nova política relação só total áreas único deu espécies indústria isso junto meio nível pois porém " +
		"povos recebeu sistema volta água acordo americano apoio arte chegou diversos economia embora espécie fato " +
		"futebol num obras ouro quais seguinte versão vitória antiga causa costa desta direção eleito estados fora " +
		"homens la lhe menos mesma militar morte novas político rei seria setembro todas artistas atualmente casa " +
		"desse empresa estilo fase m novembro outro portugueses tanto trabalho uso von administração alemão antigas " +
		"canção caso chamada clube conhecida conseguiu continente deste escola espaço feita forte freguesias interior " +
		"litoral média oficial programa sonora tinham trilha título vila agricultura altitude americanos apesar " +
		"aproximadamente brasileiro campos considerada crescimento dando dias estavam existência forças inglês " +
		"italianos lançou localizada logo metade produtor projeto rios rock serviço tempos tenha abril alto antigos " +
		"arquitetura bastante campanha corpo crise del dezembro enredo espanhóis europeus filho general",
	ru:
		"в и на с года году из по перенаправление к не был за его а что от для как он до также город во время была но " +
		"было были о где после или км со является города под стал у это который же городе лет место её при род века " +
		"центр более области получил том только их мира против то она так группы сборной территории того часть годах " +
		"ещё составе части которые они фильма находится затем игры клуб которая ему фильм через этого де реки е " +
		"которых между свою год когда около конце своей чтобы й однако сборную себя северо все населения начал них " +
		"районе сайте всех других качестве первый i больше второй имеет несколько острова очень раз стала клуба " +
		"которой область работал состав уже частью чем этом жизни м матче страны три всего г годы им которого матчей " +
		"над него округ провёл университет участие альбом без вместе истории лишь одним первой семейства составляет " +
		"всё два забил игре результате сезоне сыграл турнире штата юго х чего чемпионата версии другие команды можно н " +
		"расположен своего сезон чемпионате числе этой армии времени есть имени карьеру котором основе полностью " +
		"провинции работы рода сезона тем этот видов востоке годов двух июня команда например один округа основном " +
		"период роль село сентября университете я войны войска выступал вышел долларов здесь компания культуры " +
		"муниципалитета начале одной получила правительство район самых своих серии стороны типа тренером человек " +
		"апреля быть веке группа декабря занимает может настоящее образом первых почти происходит района свой связи " +
		"течение футболист футболу являются августа будет вид входит даже занял западе контракт которую мая менее " +
		"название удалось футболиста часто чел штат юге января of апреле игра империи карьеры которое людей матч места " +
		"месте млн регионе река реке своё системы стали альбома бы включая вновь войск игр июля команду мире множество " +
		"ней одна октября первым переехал площадь протяжении рецензий севере сериала собой сразу среди странах тысяч " +
		"хотя частности берегу впервые выходит главный городской данным зоне играл коммуна либо марта многие момент " +
		"некоторых нескольких об острове партия рейтинг своим стало степень там титул третий тыс университета февраля " +
		"число the баллов виде военного всей государственный государство две журнала известен искусства климат команде " +
		"командой консульство матчах могут море наиболее население начала начало ноября остров отец первые позже поле " +
		"полуфинал различных ранее руководством семье см списке тому тот трёх фильме язык январе аниме брат вернулся " +
		"го государства деревня ей замок играх клубе конца критиков матча мать метро мм музыки названием национальной",
};
