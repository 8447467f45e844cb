/** The commonest words of "en". Written by tools/scripts/languages/write-common-words.ts. */
export const WORDS =
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
	"someone house gonna kids needs watch buy space line race";
