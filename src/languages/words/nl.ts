/** The commonest words of "nl". Written by tools/scripts/languages/write-common-words.ts. */
export const WORDS =
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
	"gingen helemaal internationale invloed kans opgenomen paar periode verscheen vindt westen";
