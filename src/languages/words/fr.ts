/** The commonest words of "fr". Written by tools/scripts/languages/write-common-words.ts. */
export const WORDS =
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
	"actuellement al an basé bonne canal cela cinquième construction d' dit";
