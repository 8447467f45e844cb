/** The commonest words of "es". Written by tools/scripts/languages/write-common-words.ts. */
export const WORDS =
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
	"municipal previsto";
