/** The posts that every run measures: 20 of our own, 10 to 40 words, with few and many names, hashtags and events. */
export const POSTS: readonly string[] = [
	"Maria Lopez opens the new wing of the Harbour Museum in Rotterdam this evening , entry is free until midnight .",
	"Can not believe Lena Fischer left Alpine Records after nine years , the label made her and she made the label .",
	"Rebels shelled the airport outside Marrat on Tuesday night , killing four soldiers and wounding at least a " +
		"dozen , the governor said .",
	"Best ramen in Osaka , no contest #foodie #Japan",
	"The United Nations sent two convoys with medicine from Adana across the border on Sunday , but police " +
		"stopped one of them near Kilis and arrested both drivers .",
	"Happy birthday to my brother Tom Becker , the only man who drives from Leeds to Cardiff for a burger !",
	"RT @northernfc : Jonas Berg signs for Northern FC until 2027 , welcome home Jonas #transfer #football",
	"Thousands marched through Santiago on Friday to protest the new pension law , and the interior ministry " +
		"deployed troops around the presidential palace after clashes with students .",
	"Rainy morning , hot coffee , an old vinyl of Nina Hart and nothing else to do today .",
	"Senator Ruth Campbell met with Governor Daniel Okafor in Albany to discuss the flood relief bill , then " +
		"flew to Boston for a speech at Harvard University .",
	"Waiting for the Star Voyager trailer like it is Christmas , please let Idris Cole be the captain",
	"A suicide bomber attacked a checkpoint near the parliament in Karuba , security forces said , and the " +
		"militant group Black Dawn claimed the attack on its radio .",
	"Our team at Brightwater Labs won the Turing Cup in Zurich ! Thank you Professor Amina Diallo , thank you " +
		"ETH Zurich , thank you everyone who stayed up with us",
	"Traffic on the Golden Gate Bridge is unreal today #SanFrancisco",
	"President Elena Markovic signed the ceasefire in Geneva on Monday while her army withdrew its tanks from " +
		"the valley under the eyes of observers from the European Union .",
	"Who else thinks that The Paper Lighthouse should have won the Golden Palm over Midnight Harbour ? Cannes " +
		"got it wrong again this year , sorry not sorry",
	"Delta Air has cancelled all flights between Atlanta and Miami because of Hurricane Iris , check the app " +
		"before you leave for the airport .",
	"Photo : Clara Ng and her dog Biscuit on top of Ben Nevis , Scotland",
	"Police in Lyon arrested three men on Wednesday after a shooting outside a restaurant that left the owner , " +
		"Marc Petit , seriously injured , prosecutors told Radio Rhone .",
	"New single out at midnight , written with DJ Kolo in Lagos and mixed in Berlin by the great Anna Weiss , " +
		"video shot by my cousin on a phone because budgets are a myth #music #newrelease",
];
