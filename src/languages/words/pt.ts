/** The commonest words of "pt". Written by tools/scripts/languages/write-common-words.ts. */
export const WORDS =
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
	"arquitetura bastante campanha corpo crise del dezembro enredo espanhóis europeus filho general";
