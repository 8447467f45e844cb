/** The commonest words of "pl". Written by tools/scripts/languages/write-common-words.ts. */
export const WORDS =
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
	"wygrał y";
